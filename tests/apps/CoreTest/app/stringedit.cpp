#include "tests.h"
#include <Data/CStringArray.h>
#include <Data/HexString.h>

namespace
{
void testSearch()
{
	String text("one two one");
	CHECK_EQ(text.indexOf('o'), 0);
	CHECK_EQ(text.indexOf('o', 1), 6);
	CHECK_EQ(text.indexOf('x'), -1);
	CHECK_EQ(text.indexOf('o', 100), -1);
	CHECK_EQ(text.indexOf("one"), 0);
	CHECK_EQ(text.indexOf("one", 1), 8);
	CHECK_EQ(text.indexOf(String("ones")), -1);
	CHECK_EQ(text.indexOf(""), 0);
	CHECK_EQ(text.indexOf("one", 9), -1);
	CHECK_EQ(text.lastIndexOf('o'), 8);
	CHECK_EQ(text.lastIndexOf('o', 7), 6);
	CHECK_EQ(text.lastIndexOf("one"), 8);
	CHECK_EQ(text.lastIndexOf("one", 7), 0);
	CHECK_EQ(text.lastIndexOf("a long text that is not there"), -1);
	CHECK_EQ(String().indexOf('x'), -1);
	CHECK_EQ(String().lastIndexOf('x'), -1);
	CHECK_EQ(String("a\0b\0c", 5).indexOf('c'), 4);
	CHECK_EQ(String("aaab").indexOf("aab"), 1);

	CHECK(text.startsWith("one") && text.startsWith("two", 4) && !text.startsWith("one", 9) && text.startsWith(""));
	CHECK(text.endsWith("one") && !text.endsWith("none!") && text.endsWith("") && !String().endsWith('x'));
	CHECK(text.equalsIgnoreCase("ONE tWo OnE") && !text.equalsIgnoreCase("one") && !text.equalsIgnoreCase("one twq one"));
	CHECK(String("{").equalsIgnoreCase("{") && !String("[").equalsIgnoreCase("{")); // not letters, though 32 apart
	CHECK(strstri("Hello World", "WORLD") != nullptr && strstri("Hello", "Hello!") == nullptr);
	CHECK(strstri("x", "") != nullptr && strstri(nullptr, "x") == nullptr);
}

void testEdit()
{
	String text("hello world");
	CHECK_EQ(text.substring(6), "world");
	CHECK_EQ(text.substring(0, 5), "hello");
	CHECK_EQ(text.substring(5, 0), "hello");
	CHECK_EQ(text.substring(8, 100), "rld");
	CHECK_EQ(text.substring(100), "");
	text.replace('o', '0');
	CHECK_EQ(text, "hell0 w0rld");
	CHECK(text.replace("0", "oo"));
	CHECK_EQ(text, "helloo woorld");
	CHECK(text.replace("oo", ""));
	CHECK_EQ(text, "hell wrld");
	CHECK(text.replace("", "x") && text.replace("not there", "x"));
	CHECK_EQ(text, "hell wrld");
	text.remove(4, 1);
	CHECK_EQ(text, "hellwrld");
	text.remove(4);
	CHECK_EQ(text, "hell");
	text.remove(10, 5);
	text.remove(3, SIZE_MAX);
	CHECK_EQ(text, "hel");
	CHECK_EQ(text.toUpperCase(), "HEL");
	CHECK_EQ(text.toLowerCase(), "hel");
	CHECK_EQ(String(" \t x y\r\n").trim(), "x y");
	CHECK_EQ(String("--x--").trim("-"), "x");
	CHECK_EQ(String("   ").trim(), "");
	CHECK_EQ(String("x").trim(nullptr), "x");
	CHECK(String().trim().isNull());
	CHECK_EQ(String("7").padLeft(3, '0'), "007");
	CHECK_EQ(String("7").padRight(3, '.'), "7..");
	CHECK_EQ(String("7").pad(-3) + "|" + String("7").pad(3) + "|", "  7|7  |");
	CHECK_EQ(String("long").padLeft(2), "long");
	String none;
	none.remove(0);
	none.replace('a', 'b');
	none.toLowerCase();
	CHECK(none.isNull());
}

void testHex()
{
	const uint8_t bytes[] = {0x00, 0xAB, 0xFF};
	CHECK_EQ(makeHexString(bytes, 3), "00abff");
	CHECK_EQ(makeHexString(bytes, 3, ':'), "00:ab:ff");
	CHECK_EQ(makeHexString(bytes, 0), "");
	CHECK_EQ(makeHexString(nullptr, 5), "");
	uint8_t out[4];
	CHECK_EQ(parseHexString("00:ab:FF", 8, out, sizeof(out)), size_t(3));
	CHECK(memcmp(out, bytes, 3) == 0);
	CHECK_EQ(parseHexString("00abff", 6, out, 3), size_t(3));
	CHECK_EQ(parseHexString("00abff", 6, out, 2), size_t(0));
	CHECK_EQ(parseHexString("0", 1, out, 4), size_t(0));
	CHECK_EQ(parseHexString("00:", 3, out, 4), size_t(0));
	CHECK_EQ(parseHexString("0g", 2, out, 4), size_t(0));
	CHECK_EQ(parseHexString("", 0, out, 4), size_t(0));
	CHECK_EQ(int(unhex('A')), 10);
	CHECK_EQ(int(unhex('g')), -1);
	CHECK_EQ(hexchar(0x1f), 'f');
	Check::withFailingMemory([&bytes]() {
		String text = makeHexString(bytes, 3, ':') + makeHexString(bytes, 3) + "enough for the heap";
		CHECK(text.isNull() || text.length() == 33);
	});
}

void testStringArray()
{
	CStringArray array;
	CHECK_EQ(array.count(), 0u);
	CHECK(!array);
	CHECK(array.add("one") && array.add("Two") && array.add(String("three")));
	CHECK_EQ(array.count(), 3u);
	CHECK_EQ(String(array[1]), "Two");
	CHECK(array[3] == nullptr);
	CHECK_EQ(array.indexOf("two"), 1);
	CHECK_EQ(array.indexOf("two", false), -1);
	CHECK(array.contains("three") && !array.contains("thre"));
	CHECK_EQ(array.join("-"), "one-Two-three");
	CHECK_EQ(String(array.front()) + array.back(), "onethree");
	CHECK(array.add("x\0y", 3));
	CHECK_EQ(array.count(), 5u);
	String all;
	for(auto s : array) {
		all += s;
	}
	CHECK_EQ(all, "oneTwothreexy");
	array += 12;
	CHECK_EQ(String(array.back()), "12");
	CStringArray fromFlash(FS("a\0b\0c"));
	CHECK_EQ(fromFlash.count(), 3u);
	CStringArray withNul(String("a\0", 2));
	CHECK_EQ(withNul.count(), 1u);
	CHECK(fromFlash == CStringArray("a\0b\0c\0", 6) && fromFlash.length() == 6 && fromFlash.reserve(50));
	array = "only";
	CHECK(array.count() == 1 && array.add(nullptr) && array.count() == 1 && array.indexOf(nullptr) == -1);
	array.clear();
	CHECK_EQ(array.count(), 0u);
	CHECK(array.add("") && array.count() == 1);
	Check::withFailingMemory([]() {
		CStringArray list;
		unsigned count = 0;
		for(int i = 0; i < 10; ++i) {
			count += list.add("an entry of some length") ? 1 : 0;
			CHECK_EQ(list.count(), count);
		}
	});
}
} // namespace

void testStringEdit()
{
	Check::group("String: search and change");
	testSearch();
	testEdit();
	testHex();
	testStringArray();
}
