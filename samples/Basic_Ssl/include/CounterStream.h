/** CounterStream: counts what is written to it and keeps nothing. */
#pragma once

#include <Data/Stream/ReadWriteStream.h>

class CounterStream : public ReadWriteStream
{
public:
	using ReadWriteStream::write;
	size_t write(const uint8_t*, size_t size) override
	{
		count += size;
		return size;
	}

	/** Bytes written so far. */
	int available() override
	{
		return int(count);
	}

	uint16_t readMemoryBlock(char*, int) override
	{
		return 0;
	}

	bool isFinished() override
	{
		return true;
	}

private:
	size_t count = 0;
};
