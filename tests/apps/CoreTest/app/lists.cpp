#include "tests.h"
#include <Data/LinkedObjectList.h>
#include <WHashMap.h>
#include <memory>

namespace
{
void testVector()
{
	Vector<int> numbers;
	CHECK(numbers.isEmpty() && numbers.count() == 0 && numbers.indexOf(1) == -1);
	for(int i = 0; i < 20; ++i) {
		CHECK(numbers.add(i * i));
	}
	CHECK_EQ(numbers.count(), size_t(20));
	CHECK(numbers.capacity() >= 20);
	CHECK_EQ(numbers[19], 361);
	CHECK_EQ(numbers.indexOf(81), 9);
	CHECK(numbers.contains(100) && !numbers.contains(99));
	CHECK(numbers.firstElement() == 0 && numbers.lastElement() == 361);
	CHECK(numbers.insertElementAt(-1, 0) && numbers[0] == -1 && numbers[1] == 0);
	CHECK(numbers.insertElementAt(-2, 21) && numbers[21] == -2);
	CHECK(!numbers.insertElementAt(-3, 23));
	CHECK_EQ(numbers.remove(0), -1);
	CHECK(numbers.removeElement(-2) && !numbers.removeElement(-2));
	CHECK(numbers.removeElementAt(0) && !numbers.removeElementAt(19));
	CHECK_EQ(numbers[0], 1);
	CHECK(numbers.setElementAt(5, 18) && !numbers.setElementAt(5, 19) && numbers.lastElement() == 5);
	numbers.sort([](const int& a, const int& b) { return b - a; });
	CHECK(numbers[0] == 324 && numbers[18] == 1);
	numbers.trimToSize();
	CHECK_EQ(numbers.capacity(), size_t(19));
	int array[19];
	numbers.copyInto(array);
	CHECK_EQ(array[18], 1);
	CHECK(numbers.setSize(25) && numbers[24] == 0);
	CHECK(numbers.setSize(2) && numbers.count() == 2);
	int sum = 0;
	for(auto n : numbers) {
		sum += n;
	}
	CHECK_EQ(sum, 324 + 289);
	numbers.clear();
	numbers.trimToSize();
	CHECK_EQ(numbers.capacity(), size_t(0));
	CHECK(!numbers.ensureCapacity(SIZE_MAX / 2));
}

void testVectorOfStrings()
{
	Vector<String> texts;
	texts.add("first");
	for(int i = 0; i < 10; ++i) {
		CHECK(texts.add(texts[0] + " and more text than fits inside")); // while the block moves
		CHECK(texts.add(texts[0]));										// its own element
		CHECK(texts.insertElementAt(texts[0], 1));
	}
	CHECK_EQ(texts.count(), size_t(31));
	CHECK_EQ(texts[1], "first");
	Vector<String> copy(texts);
	CHECK(copy.count() == 31 && copy[30] == texts[30]);
	auto& same = copy;
	copy = same;
	CHECK_EQ(copy.count(), size_t(31));
	Vector<String> moved(std::move(copy));
	CHECK(copy.count() == 0 && moved.count() == 31);
	copy = moved;
	CHECK_EQ(copy.count(), size_t(31));
	CHECK_EQ(copy.remove(0), "first");

	Vector<std::unique_ptr<int>> pointers;
	CHECK(pointers.add(std::unique_ptr<int>(new int(5))));
	CHECK(pointers.add(std::unique_ptr<int>(new int(6))));
	CHECK_EQ(*pointers[1], 6);
	CHECK(pointers.removeElementAt(0) && *pointers[0] == 6);

	auto n = Check::withFailingMemory([]() {
		Vector<String> list;
		size_t count = 0;
		for(int i = 0; i < 12; ++i) {
			count += list.add("some text that has to go to the heap") ? 1 : 0;
			CHECK_EQ(list.count(), count);
		}
		Vector<String> other(list);
		CHECK(other.count() == list.count() || other.count() == 0);
		CHECK(other.ensureCapacity(100) || other.capacity() < 100);
		Vector<String> reserved(50);
		CHECK(reserved.capacity() == 50 || reserved.capacity() == 0);
	});
	CHECK(n > 12);
}

void testHashMap()
{
	HashMap<String, String> map;
	map["one"] = "1";
	map["two"] = "2";
	map["one"] = "eins";
	CHECK_EQ(map.count(), size_t(2));
	CHECK_EQ(map["one"], "eins");
	CHECK_EQ(map.keyAt(1), "two");
	CHECK_EQ(map.valueAt(1), "2");
	CHECK(map.contains("two") && !map.contains("three") && map.indexOf("two") == 1);
	const auto& constant = map;
	CHECK(constant["three"].isNull());
	CHECK(constant.find("two") == "2");
	CHECK_EQ(map.count(), size_t(2));
	CHECK(map.set("three", "3") && map.set("three", "III"));
	String all;
	for(auto entry : map) {
		all += entry.key() + "=" + entry.value() + "&";
	}
	CHECK_EQ(all, "one=eins&two=2&three=III&");
	for(auto entry : map) {
		*entry = "x";
	}
	for(auto entry : constant) {
		CHECK_EQ(*entry, "x");
	}
	map.remove("one");
	map.remove("not there");
	CHECK(map.count() == 2 && map.keyAt(0) == "two");
	HashMap<String, String> other;
	other["four"] = "4";
	CHECK(other.setMultiple(map));
	CHECK_EQ(other.count(), size_t(3));
	map.clear();
	CHECK_EQ(map.count(), size_t(0));

	HashMap<String, int> ignoringCase([](const String& a, const String& b) { return a.equalsIgnoreCase(b); });
	ignoringCase["Key"] = 5;
	CHECK_EQ(ignoringCase["KEY"], 5);
	ignoringCase.setNullValue(-1);
	const auto& readOnly = ignoringCase;
	CHECK_EQ(readOnly["other"], -1);
	HashMap<int, std::unique_ptr<int>> owners;
	owners[3].reset(new int(4));
	CHECK_EQ(*owners[3], 4);

	Check::withFailingMemory([]() {
		HashMap<String, String> headers;
		size_t count = 0;
		for(int i = 0; i < 6; ++i) {
			String key = String("a header with quite a long name ") + i;
			bool ok = headers.set(key, "and a value that is long as well, longer than the key");
			count += ok ? 1 : 0;
			CHECK_EQ(headers.count(), count);
		}
		headers["another name that needs memory, too"] = "value"; // must not crash when there is none
		headers["another name that needs memory, too"] += "value";
	});
}

struct Node : LinkedObjectTemplate<Node> {
	explicit Node(int n) : n(n)
	{
		++alive;
	}
	~Node() override
	{
		--alive;
	}
	int n;
	static int alive;
};
int Node::alive;

void testLinked()
{
	OwnedLinkedObjectListTemplate<Node> list;
	auto second = new Node(2);
	CHECK(list.add(second) && list.add(new Node(3)) && list.insert(new Node(1)) && !list.add(nullptr));
	int order = 0;
	for(auto& node : list) {
		order = order * 10 + node.n;
	}
	CHECK_EQ(order, 123);
	CHECK(list.count() == 3 && list.contains(second) && list.head()->next() == second);
	CHECK(list.remove(second) && Node::alive == 2);
	list.clear();
	CHECK(list.isEmpty() && Node::alive == 0);
}
} // namespace

void testLists()
{
	Check::group("Lists");
	testVector();
	testVectorOfStrings();
	testHashMap();
	testLinked();
}
