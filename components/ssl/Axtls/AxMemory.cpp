#include "AxMemory.h"
#include <Memory.h>

namespace Ssl
{
namespace
{
Memory::Tag tagOf(axtls_memory_tag tag)
{
	switch(tag) {
	case AXTLS_MEMORY_HANDSHAKE:
		return Memory::Tag::handshake;
	case AXTLS_MEMORY_RECORD_BUFFER:
		return Memory::Tag::recordBuffer;
	case AXTLS_MEMORY_CACHE:
		return Memory::Tag::sessionCache;
	case AXTLS_MEMORY_CONTEXT:
		return Memory::Tag::certificate;
	case AXTLS_MEMORY_SESSION:
		break;
	}
	return Memory::Tag::session;
}

void* allocate(void*, size_t size, axtls_memory_tag tag)
{
	return Memory::allocate(size, tagOf(tag));
}

void release(void*, void* block, size_t, axtls_memory_tag)
{
	Memory::release(block);
}

} // namespace

const axtls_memory axMemory = {allocate, release, nullptr};

} // namespace Ssl
