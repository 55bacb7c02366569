#include <Network/Http/Websocket/WebsocketFrame.h>

namespace Websocket
{
bool Utf8Check::feed(const uint8_t* data, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		auto byte = data[i];
		if(missing > 0) {
			if(byte < lowest || byte > highest) {
				return false;
			}
			--missing;
			lowest = 0x80;
			highest = 0xBF;
			continue;
		}
		if(byte < 0x80) {
			continue;
		}
		// RFC 3629 §4: only some first bytes restrict the second
		lowest = 0x80;
		highest = 0xBF;
		if(byte >= 0xC2 && byte <= 0xDF) {
			missing = 1;
		} else if(byte >= 0xE0 && byte <= 0xEF) {
			missing = 2;
			lowest = (byte == 0xE0) ? 0xA0 : 0x80;	// else overlong
			highest = (byte == 0xED) ? 0x9F : 0xBF; // else a surrogate
		} else if(byte >= 0xF0 && byte <= 0xF4) {
			missing = 3;
			lowest = (byte == 0xF0) ? 0x90 : 0x80;	// else overlong
			highest = (byte == 0xF4) ? 0x8F : 0xBF; // else beyond U+10FFFF
		} else {
			return false;
		}
	}
	return true;
}

} // namespace Websocket
