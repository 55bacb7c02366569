/** What a harness expects of the code under test besides memory safety. */
#pragma once

#include <Memory.h>
#include <cstdio>
#include <cstdlib>

namespace Fuzz
{
/** Report a finding: the fuzzer keeps the input. */
[[noreturn]] inline void finding(const char* text)
{
	fprintf(stderr, "finding: %s\n", text);
	abort();
}

inline void expect(bool holds, const char* text)
{
	if(!holds) {
		finding(text);
	}
}

/** Expects that between its construction and its end nothing was kept on the heap. */
class NoLeak
{
public:
	~NoLeak()
	{
		Memory::failAllocation(0);
		auto now = Memory::statistics();
		if(now.current != before.current || now.count != before.count) {
			fprintf(stderr, "%zd bytes in %d blocks are left\n", ssize_t(now.current - before.current),
					int(now.count - before.count));
			finding("memory leak");
		}
	}

private:
	Memory::Statistics before = Memory::statistics();
};

} // namespace Fuzz
