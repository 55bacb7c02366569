/**
 * Memory: the one allocator of the framework.
 *
 * Every allocation carries a tag, so that a report can say what the heap was used for; the total can be
 * capped (to behave on a PC like a chip with 48 KB) and the n-th allocation can be made to fail (to prove
 * that its caller copes). Global `new`/`delete` come here with Tag::application. Nothing ever throws:
 * a request that cannot be met returns nullptr, and every caller checks.
 *
 * Not thread-safe: applications of this framework have one thread. Host code that runs on another thread
 * (the DNS resolver) must not allocate through this interface.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Memory
{
/** What a block is for. Names as they stand in reports are given by tagName(). */
enum class Tag : uint8_t {
	application,  ///< global operator new, and anything not named below
	string,		  ///< String contents
	stream,		  ///< data streams
	network,	  ///< TCP connections, send and receive queues, HTTP state
	handshake,	  ///< TLS state that is released when the handshake ends
	recordBuffer, ///< TLS record buffers
	session,	  ///< TLS state that lives as long as the connection
	certificate,  ///< keys, certificates, trust anchors held on the heap
	sessionCache, ///< TLS sessions kept for resumption
	count_,		  ///< number of tags, not a tag
};

constexpr size_t tagCount = size_t(Tag::count_);

/** Figures of one tag or of the whole heap. All sizes in bytes, as asked for by the caller. */
struct Statistics {
	size_t current; ///< held now
	size_t peak;	///< most held at once since the last resetPeak()
	uint32_t count; ///< blocks held now
	uint32_t total; ///< allocations ever made, wraps
};

/**
 * Get a block of at least `size` bytes, aligned for any type. `size` 0 is treated as 1.
 * @return nullptr when the cap would be exceeded, a failure was injected or the heap is exhausted
 */
void* allocate(size_t size, Tag tag) noexcept;

/**
 * Change the size of a block, keeping its tag and the contents up to the lesser size; may move it.
 * `block` nullptr allocates with `tag`. On failure returns nullptr and leaves `block` as it was.
 */
void* reallocate(void* block, size_t size, Tag tag) noexcept;

/** Give a block back. nullptr is allowed. */
void release(void* block) noexcept;

/** Size that was asked for when `block` was allocated; 0 for nullptr. */
size_t blockSize(const void* block) noexcept;

/** Overwrite `size` bytes with zero in a way that the compiler may not leave out. */
void wipe(void* data, size_t size) noexcept;

/** wipe() the whole block, then release() it. For keys and everything derived from them. */
void wipeAndRelease(void* block) noexcept;

Statistics statistics(Tag tag) noexcept; ///< figures of one tag
Statistics statistics() noexcept;		 ///< figures of the whole heap

/** Lower-case name of a tag as used in reports ("record_buffer"). */
const char* tagName(Tag tag) noexcept;

/** Start every peak anew from the current figures. */
void resetPeak() noexcept;

/** Limit the sum of all blocks to `bytes`; 0 removes the limit. Blocks already held are not touched. */
void setCap(size_t bytes) noexcept;
size_t cap() noexcept;

/** Bytes that can still be had: cap() less what is held, or what the platform's heap has left. */
size_t available() noexcept;

/**
 * Make the n-th allocation from now fail (1 = the next). 0 switches off. Growing by reallocate() counts as one.
 * @param andLater make all that follow fail, too: the heap is exhausted rather than a block too large
 */
void failAllocation(uint32_t n, bool andLater = false) noexcept;

/** Allocations attempted since start, whether met or not; to find out how many there are to fail. */
uint32_t attempts() noexcept;

/**
 * Allocations that were not met, nor made up for by a lesser one; wraps. Who compares it before and after learns whether
 * anything may be missing in what was done in between, also by code that looks at no result.
 */
uint32_t failures() noexcept;

/** What failed since failures() gave `before` is not missing: a smaller block did as well. */
void forgiveFailures(uint32_t before) noexcept;

/** Bytes of all allocations ever made. */
uint64_t allocatedBytes() noexcept;

/**
 * Be told of every allocation that was met (`size` as asked for), refused (`block` nullptr), and of every
 * release (`released` true). The callback must not allocate. nullptr switches off.
 */
using Observer = void (*)(const void* block, size_t size, Tag tag, bool released);
void setObserver(Observer observer) noexcept;

/** Base class that gives a class its own tag: `class X : public Memory::Tagged<Memory::Tag::network>`. */
template <Tag tag> struct Tagged {
	static void* operator new(size_t size) noexcept
	{
		return allocate(size, tag);
	}
	static void* operator new(size_t, void* place) noexcept
	{
		return place;
	}
	static void* operator new[](size_t size) noexcept
	{
		return allocate(size, tag);
	}
	static void operator delete(void* block) noexcept
	{
		release(block);
	}
	static void operator delete[](void* block) noexcept
	{
		release(block);
	}
};

} // namespace Memory
