#include "Data/Stream/MemoryDataStream.h"
#include "position.h"
#include <climits>

MemoryDataStream::MemoryDataStream(String&& string)
{
	auto contents = string.getBuffer();
	lost = string.isFailed() || string.length() > 0;
	buffer = contents.data;
	size = contents.length;
	capacity = contents.size;
}

MemoryDataStream::~MemoryDataStream()
{
	Memory::release(buffer);
}

bool MemoryDataStream::ensureCapacity(size_t minCapacity)
{
	if(minCapacity <= capacity) {
		return true;
	}
	if(minCapacity > maxCapacity || minCapacity > INT_MAX) {
		return false;
	}
	auto bigger = static_cast<char*>(Memory::reallocate(buffer, minCapacity, Memory::Tag::stream));
	if(bigger == nullptr) {
		return false;
	}
	buffer = bigger;
	capacity = minCapacity;
	return true;
}

size_t MemoryDataStream::write(const uint8_t* data, size_t length)
{
	if(data == nullptr || length == 0) {
		return 0;
	}
	size_t limit = maxCapacity < INT_MAX ? maxCapacity : INT_MAX;
	size_t room = limit > size ? limit - size : 0;
	if(length > room) {
		length = room;
	}
	if(length > capacity - size) {
		size_t needed = size + length;
		// Room for as much again saves moving the block for every small piece; exactly what is needed if that
		// is all there is
		size_t generous = needed + (needed < 256 ? 256 : needed / 2);
		if(generous > limit) {
			generous = limit;
		}
		auto failures = Memory::failures();
		if(!ensureCapacity(generous)) {
			if(!ensureCapacity(needed)) {
				setWriteError();
				return 0;
			}
			Memory::forgiveFailures(failures);
		}
	}
	if(length != 0) {
		memcpy(buffer + size, data, length);
		size += length;
	}
	return length;
}

uint16_t MemoryDataStream::readMemoryBlock(char* data, int bufSize)
{
	size_t count = blockLength(size - readPos, bufSize);
	if(count != 0) {
		memcpy(data, buffer + readPos, count);
	}
	return uint16_t(count);
}

int MemoryDataStream::seekFrom(int offset, SeekOrigin origin)
{
	return movePosition(readPos, size, offset, origin);
}

bool MemoryDataStream::moveString(String& s)
{
	s = nullptr;
	if(size == 0) {
		clear();
		s = "";
		return true;
	}
	if(size >= capacity && !ensureCapacity(size + 1)) {
		return false;
	}
	memmove(buffer, buffer + readPos, size - readPos);
	bool ok = s.setBuffer({buffer, capacity, size - readPos});
	buffer = nullptr;
	capacity = 0;
	clear();
	return ok;
}
