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
	 * @param length bytes that were promised
	 * @param failed is set when there are fewer: the connection is of no use behind them. Must outlive this.
	 */
	SizedStream(IDataSourceStream* source, size_t length, bool& failed) : source(source), left(length), failed(failed)
	{
	}
	~SizedStream() override
	{
		delete source;
	}
	SizedStream(const SizedStream&) = delete;
	SizedStream& operator=(const SizedStream&) = delete;

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
		if(length < 0 || size_t(length) > left) {
			return false;
		}
		left -= size_t(length);
		return source->seek(length);
	}
	bool isFinished() override
	{
		bool early = left > 0 && source->isFinished();
		failed = failed || early;
		return left == 0 || early;
	}

private:
	IDataSourceStream* source;
	size_t left;
	bool& failed;
};
