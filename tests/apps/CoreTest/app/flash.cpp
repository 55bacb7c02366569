#include "tests.h"

DEFINE_FSTR(flashText, "A\0B");
DEFINE_FSTR_LOCAL(hello, "Hello");
DEFINE_FSTR_ARRAY(numbers, uint16_t, 1, 20, 300);
DEFINE_FSTR_ARRAY_LOCAL(words, uint32_t, 0xFFFFFFFF);
DEFINE_FSTR_VECTOR(names, FlashString, &hello, &flashText);
DECLARE_FSTR(flashText);
IMPORT_FSTR_LOCAL(imported, PROJECT_DIR "/files/text.txt");
IMPORT_FSTR_ARRAY_LOCAL(importedBytes, uint8_t, PROJECT_DIR "/files/text.txt");

namespace
{
const char* const fileText = "Imported text\nwith two lines\n";

FSTR_TABLE(table) = {&hello, &flashText};
} // namespace

void testFlashString()
{
	Check::group("FlashString");
	CHECK_EQ(flashText.length(), size_t(3));
	CHECK_EQ(flashText.size(), size_t(4));
	CHECK(flashText == String("A\0B", 3) && flashText != "A");
	CHECK(hello == "Hello" && hello == String("Hello") && hello == hello && !(hello == flashText));
	CHECK(String("Hello") == hello && String("hello") != hello);
	CHECK(hello.equalsIgnoreCase("hELLO") && String("HELLO").equalsIgnoreCase(hello));
	CHECK(!hello.equals(static_cast<const char*>(nullptr)));
	CHECK_EQ(hello[1], 'e');
	CHECK_EQ(hello[5], '\0');
	CHECK_EQ(hello.data()[5], '\0');
	CHECK(IS_ALIGNED(hello.data()) && IS_ALIGNED(flashText.data()) && IS_ALIGNED(imported.data()));
	String copy(hello);
	CHECK_EQ(copy, "Hello");
	copy = flashText;
	CHECK_EQ(copy.length(), size_t(3));
	copy += hello;
	CHECK_EQ(copy, String("A\0BHello", 8));
	CHECK_EQ(String(F("flash")) + _F("!"), "flash!");
	CHECK_EQ(String(F("flash"), 2), "fl");
	char buffer[4];
	CHECK_EQ(hello.read(3, buffer, sizeof(buffer)), size_t(2));
	CHECK(memcmp(buffer, "lo", 2) == 0);
	CHECK_EQ(hello.read(5, buffer, 1), size_t(0));
	LOAD_FSTR(onStack, hello);
	CHECK_EQ(String(onStack), "Hello");
	PSTR_ARRAY(array, "array");
	CHECK_EQ(String(array), "array");
	CHECK_EQ(FS("literal").length(), size_t(7));
	CHECK(*table[0] == "Hello" && ARRAY_SIZE(table) == 2);

	CHECK_EQ(numbers.length(), size_t(3));
	CHECK_EQ(numbers[2], 300);
	CHECK_EQ(numbers[3], 0);
	CHECK_EQ(numbers.indexOf(20), 1);
	uint16_t copied[4];
	CHECK_EQ(numbers.read(1, copied, 4), size_t(2));
	CHECK(copied[0] == 20 && copied[1] == 300);
	unsigned sum = 0;
	for(auto n : numbers) {
		sum += n;
	}
	CHECK_EQ(sum, 321u);
	CHECK_EQ(words[0], 0xFFFFFFFF);
	CHECK_EQ(names.length(), size_t(2));
	CHECK(names[0] == "Hello");
	CHECK_EQ(names.indexOf("HELLO"), 0);
	CHECK_EQ(names.indexOf("HELLO", false), -1);

	CHECK(imported == fileText);
	CHECK_EQ(imported.data()[imported.length()], '\0');
	CHECK_EQ(importedBytes.length(), strlen(fileText));
	CHECK_EQ(importedBytes[0], 'I');
}
