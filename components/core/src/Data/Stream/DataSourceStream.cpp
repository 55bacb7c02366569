#include "Data/Stream/DataSourceStream.h"

size_t IDataSourceStream::readBytes(char* buffer, size_t length)
{
	size_t count = 0;
	while(count < length) {
		size_t left = length - count;
		size_t got = readMemoryBlock(buffer + count, int(left < 0x4000 ? left : 0x4000));
		if(got == 0 || !seek(int(got))) {
			break;
		}
		count += got;
	}
	return count;
}

int IDataSourceStream::read()
{
	char c;
	return readBytes(&c, 1) == 1 ? uint8_t(c) : -1;
}

int IDataSourceStream::peek()
{
	char c;
	return readMemoryBlock(&c, 1) == 1 ? uint8_t(c) : -1;
}

String IDataSourceStream::readString(size_t maxLen)
{
	int left = available();
	if(left >= 0) {
		size_t length = size_t(left) < maxLen ? size_t(left) : maxLen;
		String text;
		if(length == 0 || !text.setLength(length)) {
			return nullptr;
		}
		text.setLength(readBytes(text.begin(), length));
		return text;
	}

	String text;
	char part[128];
	while(text.length() < maxLen) {
		size_t wanted = maxLen - text.length();
		size_t got = readBytes(part, wanted < sizeof(part) ? wanted : sizeof(part));
		if(got == 0) {
			break;
		}
		if(!text.concat(part, got)) {
			return nullptr;
		}
	}
	return text;
}
