/*
 * Global new and delete, all by way of Memory. None throws: new gives nullptr when there is no memory, and
 * with -fcheck-new the compiler then leaves the constructor out.
 */
#include "Memory.h"
#include <cstdint>
#include <new>

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
