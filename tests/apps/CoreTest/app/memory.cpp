#include "tests.h"
#include <WVector.h>
#include <cstring>
#include <esp_systemapi.h>
#include <m_printf.h>
#include <malloc_count.h>

namespace
{
struct Tracked : Memory::Tagged<Memory::Tag::network> {
	static int alive;
	Tracked()
	{
		++alive;
	}
	~Tracked()
	{
		--alive;
	}
	char data[100];
};
int Tracked::alive;

void testTags()
{
	auto before = Memory::statistics(Memory::Tag::network);
	auto object = new Tracked;
	auto now = Memory::statistics(Memory::Tag::network);
	CHECK_EQ(now.current - before.current, sizeof(Tracked));
	CHECK_EQ(now.count - before.count, 1u);
	CHECK_EQ(now.total - before.total, 1u);
	CHECK(now.peak >= now.current);
	delete object;
	CHECK_EQ(Memory::statistics(Memory::Tag::network).current, before.current);

	size_t application = Memory::statistics(Memory::Tag::application).current;
	auto plain = new int[10];
	CHECK_EQ(Memory::statistics(Memory::Tag::application).current - application, 10 * sizeof(int));
	CHECK_EQ(Memory::blockSize(plain), 10 * sizeof(int));
	delete[] plain;

	CHECK(strcmp(Memory::tagName(Memory::Tag::recordBuffer), "record_buffer") == 0);
	for(size_t i = 0; i < Memory::tagCount; ++i) {
		CHECK(Memory::tagName(Memory::Tag(i))[0] != '\0');
	}
	CHECK_EQ(Memory::blockSize(nullptr), size_t(0));
	Memory::release(nullptr);
	Memory::wipeAndRelease(nullptr);
}

void testFailure()
{
	Memory::failAllocation(2);
	auto first = new Tracked;
	auto second = new Tracked;
	auto third = new Tracked;
	CHECK(first != nullptr);
	CHECK(second == nullptr); // and no constructor ran: -fcheck-new
	CHECK(third != nullptr);
	CHECK_EQ(Tracked::alive, 2);
	delete first;
	delete third;

	Memory::failAllocation(1);
	CHECK(new(std::nothrow) int == nullptr);
	Memory::failAllocation(1);
	auto array = new char[50];
	CHECK(array == nullptr);
	Memory::failAllocation(2, true);
	first = new Tracked;
	CHECK(first != nullptr && new Tracked == nullptr && new Tracked == nullptr);
	Memory::failAllocation(0);
	delete first;
	auto nothrowArray = new(std::nothrow) int[2];
	CHECK(nothrowArray != nullptr);
	operator delete[](nothrowArray, std::nothrow);
	auto empty = Memory::allocate(0, Memory::Tag::application);
	CHECK_EQ(Memory::blockSize(empty), size_t(1));
	empty = Memory::reallocate(empty, 100, Memory::Tag::application);
	empty = Memory::reallocate(empty, 0, Memory::Tag::application);
	CHECK_EQ(Memory::blockSize(empty), size_t(1));
	Memory::release(empty);
	CHECK(Memory::allocate(SIZE_MAX, Memory::Tag::application) == nullptr);
	CHECK(Memory::allocate(SIZE_MAX - 8, Memory::Tag::application) == nullptr);
}

void testReallocate()
{
	auto block = static_cast<char*>(Memory::reallocate(nullptr, 10, Memory::Tag::stream));
	strcpy(block, "123456789");
	block = static_cast<char*>(Memory::reallocate(block, 1000, Memory::Tag::string));
	CHECK(strcmp(block, "123456789") == 0);
	CHECK_EQ(Memory::blockSize(block), size_t(1000));
	CHECK_EQ(Memory::statistics(Memory::Tag::stream).current, size_t(1000)); // keeps its tag
	Memory::failAllocation(1);
	CHECK(Memory::reallocate(block, 2000, Memory::Tag::stream) == nullptr);
	CHECK(strcmp(block, "123456789") == 0);
	block = static_cast<char*>(Memory::reallocate(block, 4, Memory::Tag::stream));
	CHECK(memcmp(block, "1234", 4) == 0);
	memset(block, 0x55, 4);
	Memory::wipe(block, 4);
	CHECK(memcmp(block, "\0\0\0\0", 4) == 0);
	Memory::wipeAndRelease(block);
	CHECK_EQ(Memory::statistics(Memory::Tag::stream).current, size_t(0));
}

void testCap()
{
	size_t held = Memory::statistics().current;
	Memory::setCap(held + 1000);
	CHECK_EQ(Memory::cap(), held + 1000);
	CHECK_EQ(Memory::available(), size_t(1000));
	CHECK_EQ(system_get_free_heap_size(), 1000u);
	CHECK(Memory::allocate(1001, Memory::Tag::application) == nullptr);
	auto block = Memory::allocate(1000, Memory::Tag::application);
	CHECK(block != nullptr);
	CHECK_EQ(Memory::available(), size_t(0));
	CHECK(Memory::allocate(1, Memory::Tag::application) == nullptr);
	// Shrinking works even when there is no room for both
	block = Memory::reallocate(block, 10, Memory::Tag::application);
	CHECK(block != nullptr && Memory::blockSize(block) == 10);
	Memory::release(block);
	block = Memory::allocate(10, Memory::Tag::application);
	Memory::setCap(1); // less than what is held
	CHECK_EQ(Memory::available(), size_t(0));
	CHECK(Memory::allocate(1, Memory::Tag::application) == nullptr);
	Memory::setCap(0);
	Memory::release(block);
	CHECK(Memory::available() > 1000000);
}

unsigned observed[3]; // allocations, refusals, releases

String logged;

void testLogging()
{
	auto former = m_setPuts([](const char* text, size_t length) {
		logged.concat(text, length);
		return length;
	});
	CHECK(logged.reserve(500)); // in the log nothing may be allocated
	MallocCount::setLogThreshold(100);
	MallocCount::enableLogging(true);
	Memory::release(Memory::allocate(150, Memory::Tag::stream));
	Memory::release(Memory::allocate(99, Memory::Tag::stream));
	Memory::failAllocation(1);
	Memory::release(Memory::allocate(160, Memory::Tag::session));
	MallocCount::enableLogging(false);
	MallocCount::setLogThreshold(0);
	m_setPuts(former);
	CHECK(logged.startsWith("allocate 150 stream, ") && logged.indexOf("release 150 stream, ") > 0);
	CHECK(logged.indexOf(" 99 ") < 0 && logged.indexOf("NO MEMORY 160 session, ") > 0);
	logged = nullptr;
}

void testCounts()
{
	MallocCount::resetPeak();
	MallocCount::resetTotal();
	size_t held = MallocCount::getCurrent();
	CHECK_EQ(MallocCount::getPeak(), held);
	delete[] new char[300];
	delete[] new char[200];
	CHECK_EQ(MallocCount::getPeak(), held + 300);
	CHECK_EQ(MallocCount::getCurrent(), held);
	CHECK_EQ(MallocCount::getTotal(), size_t(500));
	CHECK_EQ(MallocCount::getAllocCount(), size_t(2));
	MallocCount::setAllocLimit(held + 10);
	auto large = new char[11];
	CHECK(large == nullptr);
	delete[] large;
	MallocCount::setAllocLimit(0);

	Memory::setObserver([](const void* block, size_t, Memory::Tag, bool released) {
		++observed[released ? 2 : (block == nullptr ? 1 : 0)];
	});
	Memory::failAllocation(1);
	Memory::release(Memory::allocate(5, Memory::Tag::stream));
	Memory::release(Memory::allocate(5, Memory::Tag::stream));
	Memory::setObserver(nullptr);
	CHECK(observed[0] == 1 && observed[1] == 1 && observed[2] == 1);
}
} // namespace

void testMemory()
{
	Check::group("Memory");
	testTags();
	testFailure();
	testReallocate();
	testCap();
	testCounts();
	testLogging();
}
