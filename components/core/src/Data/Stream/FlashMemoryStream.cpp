#include "Data/Stream/FlashMemoryStream.h"
#include "position.h"

uint16_t FlashMemoryStream::readMemoryBlock(char* data, int bufSize)
{
	return uint16_t(flashString.read(readPos, data, blockLength(flashString.length() - readPos, bufSize)));
}

int FlashMemoryStream::seekFrom(int offset, SeekOrigin origin)
{
	return movePosition(readPos, flashString.length(), offset, origin);
}

String FlashMemoryStream::id() const
{
	// FNV-1a over the contents: the same text has the same id in every build, unlike an address
	uint32_t hash = 2166136261u;
	for(char c : flashString) {
		hash = (hash ^ uint8_t(c)) * 16777619u;
	}
	return String(hash, HEX, 8);
}
