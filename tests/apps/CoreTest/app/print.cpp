#include "tests.h"
#include <Data/Stream/LimitedMemoryStream.h>
#include <NanoTime.h>
#include <climits>

enum class Colour { red };

String toString(Colour)
{
	return "red";
}

namespace
{
enum Plain { plainFour = 4 };

/* A Print that takes a limited number of characters. */
class Narrow : public Print
{
public:
	explicit Narrow(size_t limit) : limit(limit)
	{
	}
	size_t write(uint8_t c) override
	{
		if(text.length() == limit) {
			return 0;
		}
		text += char(c);
		return 1;
	}
	using Print::write;

	String text;

private:
	size_t limit;
};

struct Point : Printable {
	size_t printTo(Print& p) const override
	{
		return p.print('(') + p.print(1) + p.print(')');
	}
};

struct LooksPrintable {
	size_t printTo(Print& p) const
	{
		return p.print("looks");
	}
};

template <typename... Args> String printed(const Args&... args)
{
	Narrow out(200);
	size_t count = out.print(args...);
	CHECK_EQ(count, out.text.length());
	return out.text;
}
} // namespace

void testPrint()
{
	Check::group("Print");
	CHECK_EQ(printed(12), "12");
	CHECK_EQ(printed(-12), "-12");
	CHECK_EQ(printed(254, HEX), "fe");
	CHECK_EQ(printed(254, HEX, 4), "00fe");
	CHECK_EQ(printed(5, DEC, 3, ' '), "  5");
	CHECK_EQ(printed(LLONG_MIN), "-9223372036854775808");
	CHECK_EQ(printed(ULLONG_MAX, HEX), "ffffffffffffffff");
	CHECK_EQ(printed(uint8_t(65)), "65");
	CHECK_EQ(printed(65, 0), "A");
	CHECK_EQ(printed('A'), "A");
	CHECK_EQ(printed(true), "1");
	CHECK_EQ(printed(1.005, 1), "1.0");
	CHECK_EQ(printed(2.5f), "2.50");
	CHECK_EQ(printed(String("x\0y", 3)), String("x\0y", 3));
	CHECK_EQ(printed(F("flash")), "flash");
	CHECK_EQ(printed(FS("flash")), "flash");
	CHECK_EQ(printed(Point()), "(1)");
	CHECK_EQ(printed(LooksPrintable()), "looks");
	CHECK_EQ(printed(Colour::red), "red");
	CHECK_EQ(printed(plainFour), "4");
	CHECK_EQ(printed(static_cast<const char*>(nullptr)), "");
	CHECK_EQ(printed(NanoTime::Time<uint32_t>(NanoTime::Milliseconds, 250)), "250ms");

	Narrow out(100);
	out << "a" << 1 << ' ' << Point() << endl;
	CHECK_EQ(out.println("x"), size_t(3));
	CHECK_EQ(out.println(10, HEX), size_t(3));
	CHECK_EQ(out.println(), size_t(2));
	CHECK_EQ(out.printf("%d%%|%s", 5, "five"), size_t(7));
	CHECK_EQ(out.text, "a1 (1)\r\nx\r\na\r\n\r\n5%|five");

	Narrow narrow(3);
	CHECK_EQ(narrow.print("12345"), size_t(3));
	CHECK_EQ(narrow.text, "123");

	String longText = String().padRight(500, 'x');
	LimitedMemoryStream stream(1000);
	CHECK_EQ(stream.printf("%s!", longText.c_str()), size_t(501));
	Check::withFailingMemory([&longText]() {
		LimitedMemoryStream cut(1000);
		if(cut.isValid()) {
			size_t written = cut.printf("%s", longText.c_str());
			CHECK(written == 500 || (written == 200 && cut.getWriteError() != 0));
		}
	});
}
