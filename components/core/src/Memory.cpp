#include "Memory.h"
#include "hal.h"
#include <cstring>
#include <new>

namespace Memory
{
namespace
{
// Stands before every block. Its size keeps the block aligned for any type.
struct alignas(std::max_align_t) Header {
	size_t size;
	Tag tag;
	uint8_t mark;
};

// Found in front of every block that is held: catches a wild or doubled release
constexpr uint8_t markHeld = 0xA5;

Statistics tags[tagCount];
Statistics total;
uint64_t bytesEver;
size_t limit; // 0: none
uint32_t failIn;
bool failLater;
uint32_t attemptCount;
uint32_t failureCount;
Observer observer;

Header* headerOf(const void* block)
{
	auto header = static_cast<Header*>(const_cast<void*>(block)) - 1;
	if(header->mark != markHeld) {
		hal_panic("Memory: this block is not held (released twice, or overwritten in front)");
	}
	return header;
}

void enter(Statistics& s, size_t size)
{
	s.current += size;
	if(s.current > s.peak) {
		s.peak = s.current;
	}
	++s.count;
	++s.total;
}

void leave(Statistics& s, size_t size)
{
	s.current -= size;
	--s.count;
}

bool mayAllocate(size_t size, size_t replaced)
{
	++attemptCount;
	if(failIn != 0 && --failIn == 0) {
		failIn = failLater ? 1 : 0;
		return false;
	}
	// While a block is being replaced both exist: that is what the heap of a chip has to hold
	return limit == 0 || (total.current <= limit && size <= limit - total.current) || (replaced != 0 && size <= replaced);
}

void tell(const void* block, size_t size, Tag tag, bool released)
{
	failureCount += (block == nullptr);
	if(observer != nullptr) {
		observer(block, size, tag, released);
	}
}

// The part of allocate() that is shared with reallocate(): nothing is checked here but the heap itself
void* take(size_t size, Tag tag)
{
	if(size > SIZE_MAX - sizeof(Header)) {
		return nullptr;
	}
	auto header = static_cast<Header*>(hal_heap_allocate(sizeof(Header) + size));
	if(header == nullptr) {
		return nullptr;
	}
	header->size = size;
	header->tag = tag;
	header->mark = markHeld;
	enter(tags[size_t(tag)], size);
	enter(total, size);
	bytesEver += size;
	return header + 1;
}
} // namespace

void* allocate(size_t size, Tag tag) noexcept
{
	if(size == 0) {
		size = 1;
	}
	void* block = mayAllocate(size, 0) ? take(size, tag) : nullptr;
	tell(block, size, tag, false);
	return block;
}

void* reallocate(void* block, size_t size, Tag tag) noexcept
{
	if(block == nullptr) {
		return allocate(size, tag);
	}
	if(size == 0) {
		size = 1;
	}
	auto header = headerOf(block);
	size_t oldSize = header->size;
	if(size == oldSize) {
		return block;
	}
	void* fresh = mayAllocate(size, oldSize) ? take(size, header->tag) : nullptr;
	tell(fresh, size, header->tag, false);
	if(fresh == nullptr) {
		return nullptr;
	}
	memcpy(fresh, block, size < oldSize ? size : oldSize);
	release(block);
	return fresh;
}

void release(void* block) noexcept
{
	if(block == nullptr) {
		return;
	}
	auto header = headerOf(block);
	leave(tags[size_t(header->tag)], header->size);
	leave(total, header->size);
	tell(block, header->size, header->tag, true);
	header->mark = 0;
	hal_heap_release(header);
}

size_t blockSize(const void* block) noexcept
{
	return block == nullptr ? 0 : headerOf(block)->size;
}

void wipe(void* data, size_t size) noexcept
{
	if(size == 0) {
		return;
	}
	memset(data, 0, size);
	// Tells the compiler that somebody reads the memory, so that the zeros must be written
	__asm__ volatile("" : : "r"(data) : "memory");
}

void wipeAndRelease(void* block) noexcept
{
	if(block != nullptr) {
		wipe(block, blockSize(block));
		release(block);
	}
}

Statistics statistics(Tag tag) noexcept
{
	return size_t(tag) < tagCount ? tags[size_t(tag)] : Statistics{};
}

Statistics statistics() noexcept
{
	return total;
}

const char* tagName(Tag tag) noexcept
{
	switch(tag) {
	case Tag::application:
		return "application";
	case Tag::string:
		return "string";
	case Tag::stream:
		return "stream";
	case Tag::network:
		return "network";
	case Tag::handshake:
		return "handshake";
	case Tag::recordBuffer:
		return "record_buffer";
	case Tag::session:
		return "session";
	case Tag::certificate:
		return "certificate";
	case Tag::sessionCache:
		return "session_cache";
	case Tag::count_:
		break;
	}
	return "";
}

void resetPeak() noexcept
{
	for(auto& s : tags) {
		s.peak = s.current;
	}
	total.peak = total.current;
}

void setCap(size_t bytes) noexcept
{
	limit = bytes;
}

size_t cap() noexcept
{
	return limit;
}

size_t available() noexcept
{
	if(limit == 0) {
		return hal_heap_free();
	}
	return total.current < limit ? limit - total.current : 0;
}

void failAllocation(uint32_t n, bool andLater) noexcept
{
	failIn = n;
	failLater = andLater;
}

uint32_t attempts() noexcept
{
	return attemptCount;
}

uint32_t failures() noexcept
{
	return failureCount;
}

void forgiveFailures(uint32_t before) noexcept
{
	failureCount = before;
}

uint64_t allocatedBytes() noexcept
{
	return bytesEver;
}

void setObserver(Observer callback) noexcept
{
	observer = callback;
}
} // namespace Memory

/*
 * Global new and delete, all by way of Memory. None throws: new gives nullptr when there is no memory, and
 * with -fcheck-new the compiler then leaves the constructor out. They stand in this file because everything
 * needs it: in a file of their own the linker would not take them out of the library where a shared library
 * (the address sanitizer's) offers others.
 */

// The standard's declaration promises a result; the whole framework is built on this one not doing so
void* operator new(size_t size)
{
	return Memory::allocate(size, Memory::Tag::application);
}

void* operator new[](size_t size)
{
	return Memory::allocate(size, Memory::Tag::application);
}

void* operator new(size_t size, const std::nothrow_t&) noexcept
{
	return Memory::allocate(size, Memory::Tag::application);
}

void* operator new[](size_t size, const std::nothrow_t&) noexcept
{
	return Memory::allocate(size, Memory::Tag::application);
}

void operator delete(void* block) noexcept
{
	Memory::release(block);
}

void operator delete[](void* block) noexcept
{
	Memory::release(block);
}

void operator delete(void* block, size_t) noexcept
{
	Memory::release(block);
}

void operator delete[](void* block, size_t) noexcept
{
	Memory::release(block);
}

void operator delete(void* block, const std::nothrow_t&) noexcept
{
	Memory::release(block);
}

void operator delete[](void* block, const std::nothrow_t&) noexcept
{
	Memory::release(block);
}
