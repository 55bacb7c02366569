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

private:
	~Contents()
	{
		delete source;
	}

	unsigned owners = 1;
};

/** Sends contents from their beginning: exactly as many bytes as were promised, see `failed`. */
class ContentsStream : public IDataSourceStream
{
public:
	/** @param failed is set when the contents end too early: the connection is of no use then. Must outlive this. */
	ContentsStream(Contents& contents, bool& failed) : contents(contents), failed(failed), left(contents.length)
	{
		contents.retain();
		contents.source->seekFrom(0, SeekOrigin::Start);
	}
	~ContentsStream() override
	{
		contents.release();
	}
	ContentsStream(const ContentsStream&) = delete;
	ContentsStream& operator=(const ContentsStream&) = delete;

	int available() override
	{
		return int(left);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		if(bufSize <= 0 || left == 0) {
			return 0;
		}
		auto size = size_t(bufSize) < left ? bufSize : int(left);
		auto count = contents.source->readMemoryBlock(data, size);
		failed = failed || (count == 0 && contents.source->isFinished());
		return count;
	}
	bool seek(int count) override
	{
		if(count < 0 || size_t(count) > left || !contents.source->seek(count)) {
			failed = true;
			return false;
		}
		left -= size_t(count);
		return true;
	}
	bool isFinished() override
	{
		return left == 0;
	}

private:
	Contents& contents;
	bool& failed;
	size_t left;
};

} // namespace Mqtt
