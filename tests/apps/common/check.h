/**
 * Checks of the test applications below tests/apps.
 *
 *     CHECK(text.length() == 5);
 *     CHECK_EQ(text, "hello");        // shows both sides when they differ
 *     Check::finish();                // "12 passed, 0 failed"; ends the process with 0 or 1
 */
#pragma once

#include <HardwareSerial.h>
#include <Memory.h>
#include <stringutil.h>
#ifdef ARCH_HOST
#include <hal_host.h>
#endif

namespace Check
{
inline unsigned passed;
inline unsigned failed;

inline bool report(bool ok, const char* file, int line, const char* text)
{
	if(ok) {
		++passed;
	} else {
		++failed;
		Serial.printf("FAIL %s:%d %s\r\n", file, line, text);
	}
	return ok;
}

template <typename A, typename B> bool reportEqual(const A& a, const B& b, const char* file, int line, const char* text)
{
	bool ok = report(a == b, file, line, text);
	if(!ok) {
		Serial << "  left:  " << a << endl << "  right: " << b << endl;
	}
	return ok;
}

/** Name of the group of checks that follows, for the log. */
inline void group(const char* name)
{
	Serial << "== " << name << endl;
}

/**
 * Run `body` with its first allocation failing, then with its first and all later ones, then likewise from the
 * second on, and so on until it needs no more. Whatever it held must be given back each time.
 * @return number of allocations that were made to fail
 */
template <typename Body> uint32_t withFailingMemory(Body body)
{
	for(uint32_t n = 1; n < 10000; ++n) {
		bool failedOne = false;
		for(bool andLater : {false, true}) {
			size_t held = Memory::statistics().current;
			uint32_t before = Memory::attempts();
			Memory::failAllocation(n, andLater);
			body();
			failedOne = Memory::attempts() - before >= n;
			Memory::failAllocation(0);
			report(Memory::statistics().current == held, __FILE__, __LINE__, "nothing leaks when memory runs out");
		}
		if(!failedOne) {
			return n - 1;
		}
	}
	report(false, __FILE__, __LINE__, "the body ends");
	return 0;
}

/** Print the sum and end the application with status 0 when nothing failed, else 1. */
inline void finish()
{
	Serial << passed << " passed, " << failed << " failed" << endl;
#ifdef ARCH_HOST
	hal_host_quit(failed == 0 && passed != 0 ? 0 : 1);
#endif
}
} // namespace Check

#define CHECK(condition) Check::report(bool(condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(left, right) Check::reportEqual(left, right, __FILE__, __LINE__, #left " == " #right)
