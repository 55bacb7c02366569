/**
 * ChunkedStream: puts a stream of unknown length into chunks (RFC 9112 §7.1). It becomes invalid, and says no last chunk,
 * when the stream cannot be advanced or is not valid at its end.
 */
#pragma once

#include <Data/Stream/DataSourceStream.h>

class ChunkedStream : public IDataSourceStream
{
public:
	/** Owns `source`. */
	explicit ChunkedStream(IDataSourceStream* source) : source(source)
	{
	}
	~ChunkedStream() override
	{
		delete source;
	}
	ChunkedStream(const ChunkedStream&) = delete;
	ChunkedStream& operator=(const ChunkedStream&) = delete;

	StreamType getStreamType() const override
	{
		return failed ? eSST_Invalid : eSST_Wrapper;
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	bool seek(int length) override;
	bool isFinished() override
	{
		return (ended && sent == size) || failed;
	}

private:
	bool fill();

	static constexpr size_t payloadSize = 512;
	static constexpr size_t headSize = 5;  // three digits and CR LF
	static constexpr size_t tailSize = 7; // CR LF, and "0 CR LF CR LF" behind the last one

	IDataSourceStream* source;
	char chunk[headSize + payloadSize + tailSize];
	uint16_t start = 0; ///< where the chunk begins: its head stands right-aligned before the payload
	uint16_t size = 0;	///< bytes from `start`
	uint16_t sent = 0;
	bool ended = false; ///< the last chunk is in the buffer
	bool failed = false; ///< the source does not advance: a body without an end
};
