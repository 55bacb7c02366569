#include "ChunkedStream.h"
#include <cstring>
#include <stringutil.h>

uint16_t ChunkedStream::readMemoryBlock(char* data, int bufSize)
{
	if(bufSize <= 0 || (sent == size && !fill())) {
		return 0;
	}
	size_t length = size_t(size - sent);
	if(length > size_t(bufSize)) {
		length = size_t(bufSize);
	}
	memcpy(data, chunk + start + sent, length);
	return uint16_t(length);
}

bool ChunkedStream::seek(int length)
{
	if(length < 0 || length > size - sent) {
		return false;
	}
	sent = uint16_t(sent + length);
	return true;
}

/* Make the next chunk. @return false when there is nothing now */
bool ChunkedStream::fill()
{
	if(ended || failed) {
		return false;
	}
	size_t length = source->readMemoryBlock(chunk + headSize, payloadSize);
	if(length > 0 && !source->seek(int(length))) {
		failed = true; // it would only give the same bytes again, and again
		return false;
	}
	ended = source->isFinished();
	if(ended && !source->isValid()) {
		ended = false;
		failed = true; // a last chunk would pass what there is for all of it
		return false;
	}
	if(length == 0 && !ended) {
		return false;
	}
	size_t head = headSize;
	size_t end = headSize;
	if(length > 0) {
		chunk[--head] = '\n';
		chunk[--head] = '\r';
		for(auto value = length; value > 0; value >>= 4) {
			chunk[--head] = hexchar(uint8_t(value));
		}
		end += length;
		memcpy(chunk + end, "\r\n", 2);
		end += 2;
	}
	if(ended) {
		memcpy(chunk + end, "0\r\n\r\n", 5);
		end += 5;
	}
	start = uint16_t(head);
	size = uint16_t(end - head);
	sent = 0;
	return true;
}
