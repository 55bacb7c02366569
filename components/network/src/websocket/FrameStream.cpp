#include "FrameStream.h"
#include <cstring>
#include <hal.h>

namespace Websocket
{
/* Make the next fragment, if the stream has something to send or is at its end. */
void FrameStream::nextFrame()
{
	auto payload = frame + maxHeaderLength;
	auto length = source->readMemoryBlock(reinterpret_cast<char*>(payload), WEBSOCKET_FRAGMENT_SIZE);
	if(length > 0 && !source->seek(length)) {
		failed = true; // it would only give the same bytes again, and again: a message without an end
		return;
	}
	ended = ended || source->isFinished();
	if(ended && !source->isValid()) {
		ended = false;
		failed = true;
		return;
	}
	if(length == 0 && !ended) {
		return;
	}
	uint8_t key[4];
	if(masked) {
		if(!hal_random(key, sizeof(key))) {
			ended = false; // as if there were no data: the connection's time-out ends it
			return;
		}
		applyMask(payload, length, key);
	}
	// The header right before the payload
	uint8_t header[maxHeaderLength];
	auto count = writeHeader(header, type, ended && final, length, masked ? key : nullptr);
	start = maxHeaderLength - count;
	end = maxHeaderLength + length;
	memcpy(frame + start, header, count);
	type = WS_FRAME_CONTINUATION;
}

uint16_t FrameStream::readMemoryBlock(char* data, int bufSize)
{
	if(start == end && !ended && !failed) {
		nextFrame();
	}
	size_t count = end - start;
	count = (bufSize > 0 && count > size_t(bufSize)) ? size_t(bufSize) : count;
	memcpy(data, frame + start, count);
	return uint16_t(count);
}

bool FrameStream::seek(int count)
{
	if(count < 0 || size_t(count) > end - start) {
		return false;
	}
	start += size_t(count);
	return true;
}

} // namespace Websocket
