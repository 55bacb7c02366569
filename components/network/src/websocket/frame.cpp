#include <Network/Http/Websocket/WebsocketFrame.h>
#include <cstring>

namespace Websocket
{
bool isCloseCode(uint16_t code)
{
	if(code >= 3000) {
		return code < 5000;
	}
	// Those of RFC 6455 §7.4.1 that may be sent, and 1012-1014 from IANA's registry
	return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

void applyMask(uint8_t* data, size_t length, const uint8_t (&key)[4], size_t position)
{
	uint8_t turned[4];
	for(unsigned i = 0; i < 4; ++i) {
		turned[i] = key[(position + i) % 4];
	}
	uint32_t mask;
	memcpy(&mask, turned, sizeof(mask));
	for(; length >= sizeof(mask); length -= sizeof(mask), data += sizeof(mask)) {
		uint32_t word;
		memcpy(&word, data, sizeof(word)); // data may stand at any address
		word ^= mask;
		memcpy(data, &word, sizeof(word));
	}
	for(size_t i = 0; i < length; ++i) {
		data[i] ^= turned[i];
	}
}

size_t writeHeader(uint8_t (&header)[maxHeaderLength], ws_frame_type_t type, bool final, uint64_t length,
				   const uint8_t* key)
{
	size_t count = 2;
	header[0] = uint8_t((final ? 0x80 : 0) | type);
	if(length < 126) {
		header[1] = uint8_t(length);
	} else {
		unsigned bytes = (length <= 0xFFFF) ? 2 : 8;
		header[1] = (bytes == 2) ? 126 : 127;
		while(bytes-- > 0) {
			header[count++] = uint8_t(length >> (8 * bytes));
		}
	}
	if(key != nullptr) {
		header[1] |= 0x80;
		memcpy(header + count, key, 4);
		count += 4;
	}
	return count;
}

} // namespace Websocket
