/** What a message contains, text or stream, shared by the message and the queue of what is being sent. */
#pragma once

#include <Data/Stream/DataSourceStream.h>
#include <Memory.h>

namespace Mqtt
{
class Contents : public Memory::Tagged<Memory::Tag::network>
{
public:
	/** @param source owned. @param length bytes of it that are sent */
	Contents(IDataSourceStream* source, size_t length) : source(source), length(length)
	{
	}
	Contents(const Contents&) = delete;
	Contents& operator=(const Contents&) = delete;

	void retain()
	{
		++owners;
	}
	void release()
	{
		if(--owners == 0) {
			delete this;
		}
	}

	IDataSourceStream* const source;
	const size_t length;
	bool begun = false;  ///< something was read of it
	bool failed = false; ///< it cannot be sent, or not again

private:
	~Contents()
	{
		delete source;
	}

	unsigned owners = 1;
};

/**
 * Sends contents: exactly as many bytes as were promised. It becomes invalid when they cannot be had; what is on its way
 * is no packet then.
 */
class ContentsStream : public IDataSourceStream
{
public:
	explicit ContentsStream(Contents& contents) : contents(contents), left(contents.length)
	{
		contents.retain();
	}
	~ContentsStream() override
	{
		contents.release();
	}
	ContentsStream(const ContentsStream&) = delete;
	ContentsStream& operator=(const ContentsStream&) = delete;

	StreamType getStreamType() const override
	{
		return contents.failed ? eSST_Invalid : eSST_Wrapper;
	}
	int available() override
	{
		return int(left);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		if(bufSize <= 0 || left == 0 || contents.failed) {
			return 0;
		}
		if(left == contents.length && contents.begun && contents.source->seekFrom(0, SeekOrigin::Start) != 0) {
			contents.failed = true; // an earlier connection has read of it
			return 0;
		}
		contents.begun = true;
		auto size = size_t(bufSize) < left ? bufSize : int(left);
		auto count = contents.source->readMemoryBlock(data, size);
		contents.failed = contents.failed || (count == 0 && contents.source->isFinished());
		return count;
	}
	bool seek(int count) override
	{
		if(count < 0 || size_t(count) > left || !contents.source->seek(count)) {
			contents.failed = true;
			return false;
		}
		left -= size_t(count);
		return true;
	}
	bool isFinished() override
	{
		return left == 0 || contents.failed;
	}

private:
	Contents& contents;
	size_t left;
};

} // namespace Mqtt
