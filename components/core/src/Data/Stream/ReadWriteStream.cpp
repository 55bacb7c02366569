#include "Data/Stream/ReadWriteStream.h"

size_t ReadWriteStream::copyFrom(IDataSourceStream* source, size_t size)
{
	if(source == nullptr || source == this) {
		return 0;
	}
	size_t total = 0;
	char part[256];
	while(total < size) {
		size_t wanted = size - total < sizeof(part) ? size - total : sizeof(part);
		size_t got = source->readMemoryBlock(part, int(wanted));
		size_t written = got == 0 ? 0 : write(reinterpret_cast<const uint8_t*>(part), got);
		if(written == 0 || !source->seek(int(written))) {
			break;
		}
		total += written;
		if(written < got) {
			break;
		}
	}
	return total;
}
