#include "Data/Stream/LimitedMemoryStream.h"
#include "position.h"

LimitedMemoryStream::LimitedMemoryStream(size_t length)
	: buffer(static_cast<char*>(Memory::allocate(length, Memory::Tag::stream))),
	  capacity(buffer == nullptr ? 0 : length), owned(true)
{
}

LimitedMemoryStream::LimitedMemoryStream(void* buffer, size_t length, size_t available, bool owned)
	: buffer(static_cast<char*>(buffer)), capacity(length), writePos(available < length ? available : length),
	  owned(owned)
{
}

LimitedMemoryStream::~LimitedMemoryStream()
{
	if(owned) {
		Memory::release(buffer);
	}
}

size_t LimitedMemoryStream::write(const uint8_t* data, size_t size)
{
	if(data == nullptr) {
		return 0;
	}
	size_t count = size < capacity - writePos ? size : capacity - writePos;
	if(count != 0) {
		memcpy(buffer + writePos, data, count);
		writePos += count;
	}
	if(count < size) {
		setWriteError();
	}
	return count;
}

uint16_t LimitedMemoryStream::readMemoryBlock(char* data, int bufSize)
{
	size_t count = blockLength(writePos - readPos, bufSize);
	if(count != 0) {
		memcpy(data, buffer + readPos, count);
	}
	return uint16_t(count);
}

int LimitedMemoryStream::seekFrom(int offset, SeekOrigin origin)
{
	return movePosition(readPos, writePos, offset, origin);
}
