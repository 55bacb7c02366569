/**
 * MemoryDataStream: what is written can be read again. The memory grows with what is written and is given
 * back with the stream, not while reading.
 */
#pragma once

#include "ReadWriteStream.h"

class MemoryDataStream : public ReadWriteStream
{
public:
	/** @param maxCapacity bytes; writing beyond them takes no more */
	explicit MemoryDataStream(size_t maxCapacity = SIZE_MAX) : maxCapacity(maxCapacity)
	{
	}
	/** Take over the contents of a String, without copying where it is long. Not valid when memory ran out over it. */
	explicit MemoryDataStream(String&& string);
	~MemoryDataStream() override;
	MemoryDataStream(const MemoryDataStream&) = delete;
	MemoryDataStream& operator=(const MemoryDataStream&) = delete;

	StreamType getStreamType() const override
	{
		return eSST_MemoryWritable;
	}
	bool isValid() const override
	{
		return !lost;
	}
	/** Data at the position; nullptr when there never was any. Valid until the next write. */
	const char* getStreamPointer() const
	{
		return buffer == nullptr ? nullptr : buffer + readPos;
	}
	int available() override
	{
		return int(size - readPos);
	}
	using ReadWriteStream::write;
	size_t write(const uint8_t* data, size_t length) override;
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	int seekFrom(int offset, SeekOrigin origin) override;
	bool isFinished() override
	{
		return readPos >= size;
	}
	bool moveString(String& s) override;

	/** Reserve memory for `minCapacity` bytes in all. @return false when there is none */
	bool ensureCapacity(size_t minCapacity);
	/** Forget the contents; the memory stays reserved. */
	void clear()
	{
		size = 0;
		readPos = 0;
	}

private:
	char* buffer = nullptr;
	size_t maxCapacity = SIZE_MAX;
	size_t readPos = 0;
	size_t size = 0;	 ///< bytes written
	size_t capacity = 0; ///< bytes allocated
	bool lost = false;	 ///< what this was made of, for want of memory
};
