#include "tests.h"
#include <climits>
#include <cmath>

namespace
{
const char longText[] = "A text that does not fit into the object itself, so it lives on the heap";

void testStates()
{
	String none;
	CHECK(!none && none.isNull() && none.isEmpty() && none.length() == 0);
	CHECK_EQ(none.c_str(), String(""));
	CHECK(none == nullptr);
	CHECK(none == "");
	CHECK(none.equals(String::empty) && String::nullstr.isNull() && !String::empty.isNull());
	String blank("");
	CHECK(bool(blank) && !blank.isNull() && blank.isEmpty());
	CHECK(!(blank == nullptr));
	String fromNull(static_cast<const char*>(nullptr));
	CHECK(!fromNull);
	fromNull = "x";
	CHECK(fromNull && fromNull == "x" && "x" == fromNull && "y" != fromNull);
	fromNull = nullptr;
	CHECK(!fromNull);
	CHECK(!String(nullptr, 5));
	CHECK_EQ(sizeof(String), sizeof(void*) == 8 ? size_t(16) : size_t(12));
}

void testInlineAndHeap()
{
	size_t held = Memory::statistics(Memory::Tag::string).current;
	String text;
	for(size_t i = 0; i < String::inlineCapacity; ++i) {
		CHECK(text.concat(char('a' + i)));
	}
	CHECK_EQ(text.length(), size_t(String::inlineCapacity));
	CHECK_EQ(Memory::statistics(Memory::Tag::string).current, held);
	CHECK(text.concat('!'));
	CHECK(Memory::statistics(Memory::Tag::string).current > held);
	CHECK_EQ(text.length(), size_t(String::inlineCapacity) + 1);
	CHECK(text.startsWith("abc") && text.endsWith('!') && text.c_str()[text.length()] == '\0');

	String moved(std::move(text));
	CHECK(text.isNull());
	CHECK_EQ(moved.length(), size_t(String::inlineCapacity) + 1);
	text = moved;
	CHECK(text == moved && text.c_str() != moved.c_str());
	text = std::move(moved);
	CHECK(moved.isNull());
	text = String("short");
	CHECK_EQ(text, "short");
	CHECK_EQ(Memory::statistics(Memory::Tag::string).current, held);
}

void testAliasing()
{
	String text(longText);
	auto& same = text;
	text = same;
	CHECK_EQ(text, longText);
	text = std::move(same);
	CHECK_EQ(text, longText);
	text = text.c_str() + 2;
	CHECK_EQ(text, longText + 2);
	text += text;
	CHECK_EQ(text.length(), 2 * (sizeof(longText) - 3));
	CHECK(text.endsWith(String(longText + 2)));
	String small("abc");
	small = small.c_str() + 1;
	CHECK_EQ(small, "bc");
	small += small;
	small += small.c_str() + 2;
	CHECK_EQ(small, "bcbcbc");
	CHECK(small.concat(small.c_str(), small.length()));
	CHECK(small.concat(small.c_str() + 10, 2)); // while moving from the object to the heap
	CHECK_EQ(small, "bcbcbcbcbcbcbc");
	CHECK(small.concat(small));
	CHECK_EQ(small, "bcbcbcbcbcbcbcbcbcbcbcbcbcbc");
	CHECK(small.replace(small, small));
	CHECK_EQ(small.length(), size_t(28));
	small.replace("bc", 2, small.c_str(), 4);
	CHECK_EQ(small.length(), size_t(56));
}

void testBytes()
{
	String bytes("a\0b", 3);
	CHECK_EQ(bytes.length(), size_t(3));
	CHECK(bytes != "a" && bytes == String("a\0b", 3));
	CHECK(bytes < String("a\0c", 3) && bytes > String("a") && bytes >= bytes && bytes <= bytes);
	bytes += '\0';
	CHECK_EQ(bytes.length(), size_t(4));
	char buffer[4];
	CHECK_EQ(String("hello").toCharArray(buffer, sizeof(buffer)), size_t(3));
	CHECK_EQ(String(buffer), "hel");
	CHECK_EQ(String("hello").toCharArray(buffer, sizeof(buffer), 3), size_t(2));
	CHECK_EQ(String(buffer), "lo");
	CHECK_EQ(String("hello").toCharArray(buffer, sizeof(buffer), 9), size_t(0));
	CHECK_EQ(String("hello").toCharArray(buffer, 0), size_t(0));
	CHECK_EQ(String("hello").toCharArray(nullptr, 5), size_t(0));

	String text("abc");
	CHECK_EQ(text[1], 'b');
	CHECK_EQ(text[3], '\0');
	text[0] = 'x';
	text[7] = 'y';
	text.setCharAt(2, 'z');
	text.setCharAt(3, '!');
	CHECK_EQ(text, "xbz");
	CHECK_EQ(text.charAt(100), '\0');
	for(char& c : text) {
		c = '-';
	}
	CHECK_EQ(text, "---");
}

void testNumbers()
{
	CHECK_EQ(String(0), "0");
	CHECK_EQ(String(-1), "-1");
	CHECK_EQ(String(255, HEX), "ff");
	CHECK_EQ(String(5, BIN, 8), "00000101");
	CHECK_EQ(String(5, DEC, 4, ' '), "   5");
	CHECK_EQ(String(-5, DEC, 4, '0'), "-005");
	CHECK_EQ(String(-5, DEC, 4, ' '), "  -5");
	CHECK_EQ(String(-5, DEC, 1, '0'), "-5");
	CHECK_EQ(String(uint8_t(200)), "200");
	CHECK_EQ(String(short(-300)), "-300");
	CHECK_EQ(String('a'), "a");
	CHECK_EQ(String(static_cast<unsigned short>(65535), HEX), "ffff");
	CHECK_EQ(String(LLONG_MIN), "-9223372036854775808");
	CHECK_EQ(String(ULLONG_MAX), "18446744073709551615");
	CHECK_EQ(String(ULLONG_MAX, BIN).length(), size_t(64));
	CHECK_EQ(String(INT_MIN, HEX), "-80000000");
	CHECK_EQ(String(7, 99), "7"); // a base that does not exist
	CHECK_EQ(String(1, 10, 255).length(), size_t(255));
	CHECK_EQ(String(21.355), "21.36");
	CHECK_EQ(String(-0.5f, 1), "-0.5");
	CHECK_EQ(String(2.0, 0), "2");
	CHECK_EQ(String(NAN), "nan");
	CHECK_EQ(String(-INFINITY), "-inf");
	CHECK(String(1e300, 18).length() < 64);
	CHECK_EQ(String("42abc").toInt(), 42L);
	CHECK_EQ(String("  -7").toInt(), -7L);
	CHECK_EQ(String("x").toInt(), 0L);
	CHECK_EQ(String().toInt(), 0L);
	CHECK_EQ(String("99999999999999999999").toInt(), LONG_MAX);
	CHECK(String("2.5e1").toFloat() == 25.0f);
	uint32_t value = 9;
	CHECK(parseNumber("65535", 5, 65535, value) && value == 65535);
	CHECK(!parseNumber("65536", 5, 65535, value) && !parseNumber("", 0, 9, value) && !parseNumber("1x", 2, 9, value));
	CHECK(!parseNumber("99999999999999999999999", 23, UINT32_MAX, value) && value == 65535);
}

enum Plain { one = 1 };

void testJoining()
{
	String text = String("a") + "b" + 1 + 'c' + 2.5 + F("d") + FS("e") + String("f") + true;
	CHECK_EQ(text, "ab1c2.50def1");
	text += one;
	text += uint8_t(7);
	text += -3L;
	text += FS("x");
	text += F("y");
	CHECK_EQ(text, "ab1c2.50def117-3xy");
	CHECK_EQ("left " + String("right"), "left right");
	CHECK_EQ(F("left ") + String("right"), "left right");
	CHECK_EQ(toString(12) + toString(true) + toString(uint64_t(5)) + toString("x"), "12true5x");
	CHECK(text.concat(static_cast<const char*>(nullptr)));
	String none;
	none += String();
	CHECK(none.isEmpty());
}

void testBuffers()
{
	String text(longText);
	auto buffer = text.getBuffer();
	CHECK(text.isNull());
	CHECK(buffer.data != nullptr && buffer.length == sizeof(longText) - 1 && buffer.size > buffer.length);
	CHECK(text.setBuffer(buffer));
	CHECK_EQ(text, longText);
	text = "abc";
	buffer = text.getBuffer();
	CHECK(buffer.length == 3 && memcmp(buffer.data, "abc", 4) == 0);
	buffer.size = 3; // as if there were no room for the NUL
	CHECK(!text.setBuffer(buffer));
	CHECK_EQ(text, "ab");
	String none;
	CHECK(none.getBuffer().data == nullptr);
	CHECK(none.setBuffer({nullptr, 0, 0}));
}

void testFailure()
{
	String whole = String(longText) + "; " + longText + 12345678;
	auto n = Check::withFailingMemory([&whole]() {
		String text(longText);
		CHECK(text.isFailed() || text == longText);
		String copy(text);
		CHECK(copy.isNull() || copy == text);
		String joined = text + "; " + copy + 12345678;
		// Whole or nothing: never a text with a piece missing
		CHECK(joined.isFailed() || joined == whole);
		text += copy;
		text += "tail";
		CHECK(text.isFailed() || text.endsWith("tail"));
	});
	CHECK(n >= 4);

	Check::withFailingMemory([]() {
		String text("0123456789");
		bool ok = text.concat(longText);
		CHECK(ok ? text.length() == 10 + sizeof(longText) - 1 : text == "0123456789");
		size_t length = text.length();
		ok = text.reserve(500);
		CHECK(text.length() == length);
		ok = text.replace("0", "zero and much more text than that");
		CHECK(ok ? text.startsWith("zero") : text.startsWith("0123"));
		String part = text.substring(2);
		CHECK(part.isNull() || part.length() == text.length() - 2);
		text.padLeft(600);
		CHECK(text.isFailed() || text.length() == 600);
		text = "new";
		CHECK_EQ(text, "new"); // assignment ends the failed state
	});

	Memory::failAllocation(1);
	String failed(longText);
	CHECK(failed.isFailed() && !failed && failed == nullptr);
	CHECK(failed != "" && "" != failed && failed != String() && String() != failed && !failed.equalsIgnoreCase(""));
	failed += 'x';
	CHECK(failed.isFailed() && !failed.concat("x") && !failed.reserve(1) && !failed.replace("", "x"));
	String around("x");
	CHECK(!around.startsWith(failed) && !around.endsWith(failed) && around.indexOf(failed) == -1);
	CHECK(around.lastIndexOf(failed) == -1 && !around.concat(failed) && !around.replace("x", failed) && around == "x");
	CHECK((around + failed).isFailed());
	failed = around;
	CHECK_EQ(failed, "x");

	String text("abc");
	CHECK(!text.reserve(SIZE_MAX) && !text.setLength(SIZE_MAX - 1) && text == "abc");
	CHECK(!text.concat("x", SIZE_MAX - 2) && text == "abc");
}
} // namespace

void testString()
{
	Check::group("String");
	testStates();
	testInlineAndHeap();
	testAliasing();
	testBytes();
	testNumbers();
	testJoining();
	testBuffers();
	testFailure();
}
