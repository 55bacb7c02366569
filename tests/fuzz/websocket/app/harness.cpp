/**
 * Fuzzes the parser of WebSocket's frames: in pieces it must find what it finds in one.
 *
 *     1  flags: 1 = frames are masked
 *     1  bytes that arrive at once; 0: one
 *     …  frames
 */
#include "../../common/Expect.h"
#include "../../common/Input.h"
#include "../../common/harness.h"
#include <Network/Http/Websocket/WebsocketFrame.h>
#include <m_printf.h>
#include <vector>

using namespace Websocket;

namespace
{
constexpr size_t limit = 1000;

/* Everything the parser told, apart from how messages came in pieces. */
struct Story {
	std::vector<uint8_t> text;
	uint16_t code = 0;
	bool failed = false;

	void add(const FrameParser::Item& item)
	{
		if(item.kind == FrameParser::Kind::none) {
			return;
		}
		Fuzz::expect(!failed, "something comes after an error");
		if(item.kind == FrameParser::Kind::error) {
			failed = true;
			code = item.code;
			Fuzz::expect(isCloseCode(code), "an error has a code that cannot be sent");
			return;
		}
		if(item.kind == FrameParser::Kind::control) {
			Fuzz::expect(item.length <= maxControlLength, "a control frame is too long");
			text.push_back(uint8_t(item.type));
		}
		text.insert(text.end(), item.data, item.data + item.length);
		if(item.kind == FrameParser::Kind::data && item.last) {
			text.push_back(uint8_t(item.type));
		}
	}
};

Story tell(Fuzz::Bytes input, bool masked, size_t piece)
{
	FrameParser parser;
	parser.reset(masked, limit);
	Story story;
	size_t message = 0;
	while(input.length > 0) {
		size_t part = std::min(input.length, piece);
		// Of exactly its size, so that a sanitizer sees any reading beyond it
		std::vector<uint8_t> copy(input.data, input.data + part);
		for(size_t at = 0; at < part;) {
			FrameParser::Item item;
			auto used = parser.feed(copy.data() + at, part - at, item);
			Fuzz::expect(used > 0 && used <= part - at, "the parser does not move on");
			at += used;
			if(item.kind == FrameParser::Kind::data) {
				message += item.length;
				Fuzz::expect(message <= limit, "a message is too long");
				message = item.last ? 0 : message;
			}
			story.add(item);
		}
		input.data += part;
		input.length -= part;
	}
	return story;
}

} // namespace

int LLVMFuzzerInitialize(int*, char***)
{
	m_setPuts(nullptr);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	Fuzz::NoLeak noLeak;
	Fuzz::Input input(data, size);
	bool masked = (input.takeNumber(1) & 1) != 0;
	size_t piece = std::max<size_t>(1, input.takeNumber(1));
	auto frames = input.takeRest();
	auto whole = tell(frames, masked, SIZE_MAX);
	auto pieces = tell(frames, masked, piece);
	Fuzz::expect(whole.failed == pieces.failed && whole.code == pieces.code, "pieces are judged otherwise");
	// In pieces, more of a message may have been told before the byte that is wrong
	Fuzz::expect(whole.failed || whole.text == pieces.text, "pieces tell something else");
	return 0;
}
