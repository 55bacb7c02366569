/**
 * Fuzzes the parser of MQTT's packets: in pieces it must find what it finds in one. Topics that it lets through must
 * be such that can be published to.
 *
 *     1  bytes that arrive at once; 0: one
 *     …  packets
 */
#include "../../common/Expect.h"
#include "../../common/Input.h"
#include "../../common/harness.h"
#include <Network/Mqtt/MqttPacketParser.h>
#include <m_printf.h>
#include <topics.h>
#include <vector>

using Kind = MqttPacketParser::Kind;

namespace
{
/* Everything the parser told, apart from how contents came in pieces. */
struct Story {
	std::vector<uint32_t> words;
	bool failed = false;

	void add(const MqttPacketParser::Item& item, const String& topic)
	{
		Fuzz::expect(!failed, "something comes after an error");
		if(item.kind == Kind::error) {
			failed = true;
			return;
		}
		if(item.kind == Kind::content) {
			words.insert(words.end(), item.data, item.data + item.length);
			return;
		}
		words.insert(words.end(), {uint32_t(item.kind), item.type, item.flags, item.id, item.code, item.session});
		if(item.kind == Kind::begin) {
			Fuzz::expect(Mqtt::isTopicName(topic), "a topic that nobody can publish to");
			Fuzz::expect(Mqtt::isTopicFilter(topic) && Mqtt::matches(topic, topic), "a topic does not match itself");
			words.push_back(uint32_t(item.length));
		}
	}
};

Story tell(Fuzz::Bytes input, size_t piece)
{
	MqttPacketParser parser;
	parser.reset();
	Story story;
	uint64_t contents = 0;
	while(input.length > 0) {
		size_t part = std::min(input.length, piece);
		// Of exactly its size, so that a sanitizer sees any reading beyond it
		std::vector<uint8_t> copy(input.data, input.data + part);
		for(size_t at = 0;;) {
			MqttPacketParser::Item item;
			auto used = parser.feed(copy.data() + at, part - at, item);
			Fuzz::expect(used <= part - at, "the parser uses more than there is");
			at += used;
			if(item.kind == Kind::none) {
				Fuzz::expect(at == part, "the parser does not move on");
				break;
			}
			if(item.kind == Kind::begin) {
				contents = item.length;
			} else if(item.kind == Kind::content) {
				Fuzz::expect(item.length <= contents, "contents are longer than was said");
				contents -= item.length;
			} else if(item.kind == Kind::end) {
				Fuzz::expect(contents == 0, "contents are shorter than was said");
			}
			story.add(item, parser.getTopic());
		}
		input.data += part;
		input.length -= part;
	}
	return story;
}

void checkFilter(Fuzz::Bytes text)
{
	String filter(reinterpret_cast<const char*>(text.data), text.length);
	if(Mqtt::isTopicName(filter)) {
		Fuzz::expect(Mqtt::isTopicFilter(filter), "a topic is no filter");
	}
	Mqtt::matches(filter, "a/b");
	Mqtt::matches("+/#", filter);
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
	size_t piece = std::max<size_t>(1, input.takeNumber(1));
	auto packets = input.takeRest();
	auto whole = tell(packets, SIZE_MAX);
	auto pieces = tell(packets, piece);
	Fuzz::expect(whole.failed == pieces.failed && whole.words == pieces.words, "pieces tell something else");
	checkFilter(packets);
	return 0;
}
