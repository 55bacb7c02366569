#include "Data/Stream/FileStream.h"

bool FileStream::open(const String& fileName, FileOpenFlags openFlags)
{
	close();
	name = fileName;
	handle = fileOpen(fileName, openFlags);
	lastError = (handle < 0) ? handle : 0;
	return handle >= 0;
}

void FileStream::close()
{
	fileClose(handle);
	handle = int(FileError::badHandle);
	name = nullptr;
}

size_t FileStream::write(const uint8_t* data, size_t size)
{
	int written = fileWrite(handle, data, size);
	if(written < 0) {
		lastError = written;
	}
	if(written < 0 || size_t(written) < size) {
		setWriteError();
	}
	return (written < 0) ? 0 : size_t(written);
}

uint16_t FileStream::readMemoryBlock(char* data, int bufSize)
{
	auto position = fileTell(handle);
	if(bufSize <= 0 || position < 0) {
		return 0;
	}
	int count = fileRead(handle, data, size_t(bufSize < UINT16_MAX ? bufSize : UINT16_MAX));
	if(count < 0) {
		lastError = count;
		return 0;
	}
	fileSeek(handle, position, SeekOrigin::Start);
	return uint16_t(count);
}

int FileStream::seekFrom(int offset, SeekOrigin origin)
{
	int position = fileSeek(handle, offset, origin);
	return (position < 0) ? -1 : position;
}

int FileStream::available()
{
	int size = fileGetSize(handle);
	return (size < 0) ? -1 : size - fileTell(handle);
}

size_t FileStream::getSize() const
{
	int size = fileGetSize(handle);
	return (size < 0) ? 0 : size_t(size);
}
