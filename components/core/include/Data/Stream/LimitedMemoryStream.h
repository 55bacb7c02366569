/** LimitedMemoryStream: memory of a fixed size. Writing takes what fits. */
#pragma once

#include "ReadWriteStream.h"

class LimitedMemoryStream : public ReadWriteStream
{
public:
	/** Allocates `length` bytes; isValid() tells whether that worked. */
	explicit LimitedMemoryStream(size_t length);
	/**
	 * Use the caller's memory.
	 * @param available bytes of it that hold data already
	 * @param owned give it back with Memory::release() at the end
	 */
	LimitedMemoryStream(void* buffer, size_t length, size_t available, bool owned);
	~LimitedMemoryStream() override;
	LimitedMemoryStream(const LimitedMemoryStream&) = delete;
	LimitedMemoryStream& operator=(const LimitedMemoryStream&) = delete;

	StreamType getStreamType() const override
	{
		return buffer == nullptr ? eSST_Invalid : eSST_MemoryWritable;
	}
	const char* getStreamPointer() const
	{
		return buffer == nullptr ? nullptr : buffer + readPos;
	}
	int available() override
	{
		return int(writePos - readPos);
	}
	using ReadWriteStream::write;
	size_t write(const uint8_t* data, size_t size) override;
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	int seekFrom(int offset, SeekOrigin origin) override;
	bool isFinished() override
	{
		return readPos >= writePos;
	}

private:
	char* buffer;
	size_t capacity;
	size_t readPos = 0;
	size_t writePos = 0;
	bool owned;
};
