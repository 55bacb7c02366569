#include <Network/Http/Websocket/WebsocketFrame.h>
#include <cstring>

namespace Websocket
{
namespace
{
constexpr uint8_t finBit = 0x80;
constexpr uint8_t reservedBits = 0x70;
constexpr uint8_t opcodeBits = 0x0F;
constexpr uint8_t maskBit = 0x80;
constexpr uint8_t lengthBits = 0x7F;

/* Length field: 0-125 itself, 126: 16 bits follow, 127: 64 bits follow (RFC 6455 §5.2). */
constexpr uint8_t length16 = 126;
constexpr uint8_t length64 = 127;

unsigned lengthBytes(uint8_t second)
{
	auto field = second & lengthBits;
	return (field == length16) ? 2 : (field == length64) ? 8 : 0;
}

bool isControl(uint8_t first)
{
	return (first & 0x08) != 0;
}

} // namespace

void FrameParser::reset(bool isMasked, size_t newMaxMessage)
{
	masked = isMasked;
	maxMessage = newMaxMessage;
	state = State::header;
	inMessage = failed = false;
	have = 0;
	utf8.reset();
}

void FrameParser::fail(Item& item, uint16_t code)
{
	state = State::ended;
	failed = true;
	item = Item{};
	item.kind = Kind::error;
	item.code = code;
}

/* What the header, as far as it is here, does wrong; 0: nothing. Looked at from its second byte on. */
uint16_t FrameParser::checkHeader() const
{
	auto opcode = header[0] & opcodeBits;
	if((header[0] & reservedBits) != 0) {
		return Close::protocolError; // no extension was agreed on
	}
	if(isControl(header[0])) {
		bool known = opcode == WS_FRAME_CLOSE || opcode == WS_FRAME_PING || opcode == WS_FRAME_PONG;
		if(!known || (header[0] & finBit) == 0 || (header[1] & lengthBits) > maxControlLength) {
			return Close::protocolError;
		}
	} else if(opcode > WS_FRAME_BINARY || (opcode == WS_FRAME_CONTINUATION) != inMessage) {
		return Close::protocolError;
	}
	return (((header[1] & maskBit) != 0) == masked) ? 0 : Close::protocolError;
}

/* The header is complete. @return false when it ended the parsing */
bool FrameParser::parseHeader(Item& item)
{
	auto extended = lengthBytes(header[1]);
	left = header[1] & lengthBits;
	if(extended > 0) {
		left = 0;
		for(unsigned i = 0; i < extended; ++i) {
			left = (left << 8) | header[2 + i];
		}
		// The shortest form has to be used, and the highest bit is 0 (RFC 6455 §5.2)
		if(left < length16 || (extended == 8 && (left <= 0xFFFF || (left >> 63) != 0))) {
			fail(item, Close::protocolError);
			return false;
		}
	}
	if(masked) {
		memcpy(key, header + 2 + extended, sizeof(key));
	}
	position = 0;
	controlLength = 0;
	have = 0;
	state = State::payload;
	if(isControl(header[0])) {
		return true;
	}
	if(!inMessage) {
		messageType = ws_frame_type_t(header[0] & opcodeBits);
		messageLength = 0;
		utf8.reset();
	}
	inMessage = true;
	if(left > maxMessage - messageLength) {
		fail(item, Close::messageTooBig);
		return false;
	}
	messageLength += size_t(left);
	return true;
}

/* A control frame is whole: check it (RFC 6455 §5.5.1, §7.4, §8.1) and tell. */
void FrameParser::endControl(Item& item)
{
	item.kind = Kind::control;
	item.type = ws_frame_type_t(header[0] & opcodeBits);
	item.data = control;
	item.length = controlLength;
	state = State::header;
	if(item.type != WS_FRAME_CLOSE) {
		return;
	}
	state = State::ended;
	item.code = Close::noStatus;
	if(controlLength == 0) {
		return;
	}
	item.code = uint16_t((control[0] << 8) | control[1]);
	if(controlLength == 1 || !isCloseCode(item.code)) {
		fail(item, Close::protocolError);
		return;
	}
	item.data += 2;
	item.length -= 2;
	Utf8Check reason;
	if(!reason.feed(item.data, item.length) || !reason.isComplete()) {
		fail(item, Close::invalidPayload);
	}
}

void FrameParser::takeData(uint8_t* data, size_t length, Item& item)
{
	bool final = (left == 0) && (header[0] & finBit) != 0;
	if(messageType == WS_FRAME_TEXT && (!utf8.feed(data, length) || (final && !utf8.isComplete()))) {
		fail(item, Close::invalidPayload);
		return;
	}
	item.kind = Kind::data;
	item.type = messageType;
	item.last = final;
	item.data = data;
	item.length = length;
	if(final) {
		inMessage = false;
	}
}

size_t FrameParser::feed(uint8_t* data, size_t length, Item& item)
{
	item = Item{};
	size_t used = 0;
	while(state == State::header && used < length) {
		header[have++] = data[used++];
		if(have < 2) {
			continue;
		}
		if(have == 2) {
			auto code = checkHeader();
			if(code != 0) {
				fail(item, code);
				break;
			}
		}
		if(have == 2 + lengthBytes(header[1]) + (masked ? sizeof(key) : 0) && !parseHeader(item)) {
			break;
		}
	}
	if(state == State::ended) {
		return length; // nothing that follows counts
	}
	if(state == State::header) {
		return used;
	}

	auto part = length - used;
	part = (part < left) ? part : size_t(left);
	auto at = data + used;
	if(masked) {
		applyMask(at, part, key, position);
	}
	position += part;
	left -= part;
	used += part;
	if(isControl(header[0])) {
		memcpy(control + controlLength, at, part);
		controlLength = uint8_t(controlLength + part);
		if(left == 0) {
			endControl(item);
		}
	} else if(part > 0 || left == 0) {
		takeData(at, part, item);
		if(left == 0 && state == State::payload) {
			state = State::header;
		}
	}
	return (state == State::ended) ? length : used;
}

} // namespace Websocket
