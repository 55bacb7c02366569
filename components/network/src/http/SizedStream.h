/**
 * SizedStream: as many bytes of a stream as the head of a message promised, whatever becomes of the stream meanwhile.
 * A log that grows while it is sent would otherwise end as the beginning of the next message (RFC 9112 §6.3).
 */
#pragma once

#include <Data/Stream/DataSourceStream.h>

class SizedStream : public IDataSourceStream
{
public:
	/**
	 * @param source owned
	 * @param length bytes that were promised. With fewer this becomes invalid: the connection is of no use behind them.
	 */
	SizedStream(IDataSourceStream* source, size_t length) : source(source), left(length)
	{
	}
	~SizedStream() override
	{
		delete source;
	}
	SizedStream(const SizedStream&) = delete;
	SizedStream& operator=(const SizedStream&) = delete;

	StreamType getStreamType() const override
	{
		return failed ? eSST_Invalid : eSST_Wrapper;
	}
	int available() override
	{
		return int(left);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		if(bufSize <= 0 || left == 0) {
			return 0;
		}
		return source->readMemoryBlock(data, size_t(bufSize) < left ? bufSize : int(left));
	}
	bool seek(int length) override
	{
		if(length < 0 || size_t(length) > left || !source->seek(length)) {
			return false;
		}
		left -= size_t(length);
		return true;
	}
	bool isFinished() override
	{
		failed = failed || (left > 0 && source->isFinished());
		return left == 0 || failed;
	}

private:
	IDataSourceStream* source;
	size_t left;
	bool failed = false;
};
