/**
 * IDataSourceStream: something that data can be read from in blocks: memory, flash, a file, a template.
 *
 * Reading in two steps keeps data that could not be passed on: readMemoryBlock() copies bytes without moving
 * the position, seek() then moves it by what was used.
 */
#pragma once

#include "../../Memory.h"
#include "../../Stream.h"
#include "SeekOrigin.h"

/** What is behind a stream. */
enum StreamType {
	eSST_Invalid,	 ///< the stream could not be set up
	eSST_Memory,	 ///< data in RAM or flash
	eSST_MemoryWritable, ///< data in RAM that can be written to
	eSST_File,		 ///< file
	eSST_Template,	 ///< text with variables
	eSST_JsonObject, ///< JSON document
	eSST_User,		 ///< defined by the application
	eSST_Wrapper,	 ///< passes on to another stream
	eSST_Unknown,	 ///< anything else
};

class IDataSourceStream : public Stream, public Memory::Tagged<Memory::Tag::stream>
{
public:
	/** Nothing waits for more data to come; setTimeout() changes that. */
	IDataSourceStream()
	{
		setTimeout(0);
	}

	virtual StreamType getStreamType() const
	{
		return eSST_Unknown;
	}
	/** False if setting it up failed (no such file, no memory), or later if it cannot give what it promised. */
	virtual bool isValid() const
	{
		return getStreamType() != eSST_Invalid;
	}

	/**
	 * Copy up to `bufSize` bytes from the current position, which stays.
	 * @return bytes copied, 0 when there are none now
	 */
	virtual uint16_t readMemoryBlock(char* data, int bufSize) = 0;

	/**
	 * Move the position.
	 * @return the new position from the start; -1 when it would lie outside or the stream cannot do that
	 */
	virtual int seekFrom(int offset, SeekOrigin origin)
	{
		(void)offset;
		(void)origin;
		return -1;
	}
	/** Move the position by `len` bytes. @return false when that is not possible; the position then stays */
	virtual bool seek(int len)
	{
		return seekFrom(len, SeekOrigin::Current) >= 0;
	}

	/** True when everything was read and no more will come. */
	virtual bool isFinished() = 0;

	/** Bytes from the position to the end; -1 when not known. */
	int available() override
	{
		return -1;
	}

	size_t readBytes(char* buffer, size_t length) override; ///< does not wait
	int read() override;
	int peek() override;
	using Stream::write;
	size_t write(uint8_t) override ///< 0: sources are not written to
	{
		return 0;
	}
	void flush() override
	{
	}
	String readString(size_t maxLen) override;

	/** What identifies the contents, for an ETag; null when there is nothing such. */
	virtual String id() const
	{
		return nullptr;
	}
	/** Name of a file or resource; null when it has none. */
	virtual String getName() const
	{
		return nullptr;
	}
	/** MIME type where the stream knows it; null otherwise. */
	virtual String getMimeType() const
	{
		return nullptr;
	}

	/**
	 * Move the contents into a String without copying where the stream can; it is empty afterwards.
	 * @return false when it cannot or memory ran out; `s` is then null
	 */
	virtual bool moveString(String& s)
	{
		s = nullptr;
		return false;
	}
};
