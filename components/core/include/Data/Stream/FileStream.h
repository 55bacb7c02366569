/** FileStream: a file as a stream. */
#pragma once

#include "../../FileSystem.h"
#include "ReadWriteStream.h"

class FileStream : public ReadWriteStream
{
public:
	FileStream() = default;
	/** isValid() tells whether it could be opened, getLastError() why not. */
	explicit FileStream(const String& fileName, FileOpenFlags openFlags = eFO_ReadOnly)
	{
		open(fileName, openFlags);
	}
	~FileStream() override
	{
		close();
	}
	FileStream(const FileStream&) = delete;
	FileStream& operator=(const FileStream&) = delete;

	/** Use another file. */
	bool open(const String& fileName, FileOpenFlags openFlags = eFO_ReadOnly);
	void close();

	StreamType getStreamType() const override
	{
		return (handle < 0) ? eSST_Invalid : eSST_File;
	}
	using ReadWriteStream::write;
	size_t write(const uint8_t* data, size_t size) override;
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	int seekFrom(int offset, SeekOrigin origin) override;
	int available() override;
	bool isFinished() override
	{
		return handle < 0 || fileIsEOF(handle);
	}
	String getName() const override
	{
		return name;
	}

	String fileName() const
	{
		return name;
	}
	bool fileExist() const
	{
		return handle >= 0;
	}
	int getPos() const
	{
		return fileTell(handle);
	}
	size_t getSize() const;
	/** FileError of the last failure. */
	int getLastError() const
	{
		return lastError;
	}

private:
	FileHandle handle = int(FileError::badHandle);
	String name;
	int lastError = 0;
};
