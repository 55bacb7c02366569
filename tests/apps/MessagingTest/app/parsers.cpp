/* The parsers alone: "frames", "packets", "topic", "utf8". Input is hexadecimal and arrives in pieces as split=N,N,… says. */
#include <Network/Http/Websocket/WebsocketFrame.h>
#include <Network/Mqtt/MqttPacketParser.h>
#include <console.h>
#include <cstdlib>
#include <handshake.h>
#include <topics.h>

namespace
{
/* Calls back with the input piece by piece, each in memory of exactly its size. */
template <typename Feed> void inPieces(const Command& command, Feed feed)
{
	auto data = bytesOption(command, "hex");
	auto split = command.option("split");
	size_t at = 0;
	size_t word = 0;
	while(at < data.length()) {
		auto piece = data.length() - at;
		if(word < split.length()) {
			int comma = split.indexOf(',', word);
			auto end = (comma < 0) ? split.length() : size_t(comma);
			auto wanted = size_t(split.substring(word, end).toInt());
			piece = (wanted < piece) ? wanted : piece;
			word = end + 1;
		}
		auto copy = static_cast<uint8_t*>(malloc(piece));
		memcpy(copy, data.c_str() + at, piece);
		feed(copy, piece);
		free(copy);
		at += piece;
	}
}

void frames(const Command& command)
{
	using namespace Websocket;
	FrameParser parser;
	parser.reset(command.number("masked") != 0, size_t(command.number("max", 65536)));
	String text;
	String message;
	inPieces(command, [&](uint8_t* data, size_t length) {
		while(length > 0) {
			FrameParser::Item item;
			auto used = parser.feed(data, length, item);
			data += used;
			length -= used;
			if(item.kind == FrameParser::Kind::error) {
				text += String(" error:") + String(unsigned(item.code));
			} else if(item.kind == FrameParser::Kind::control) {
				text += String(" ") + String(unsigned(item.type)) + ":" + toHex(item.data, item.length);
				if(item.type == WS_FRAME_CLOSE) {
					text += String("/") + String(unsigned(item.code));
				}
			} else if(item.kind == FrameParser::Kind::data) {
				message.concat(reinterpret_cast<const char*>(item.data), item.length);
				if(item.last) {
					text += String(" ") + String(unsigned(item.type)) + ":" + toHex(message.c_str(), message.length());
					message = nullptr;
				}
			}
		}
	});
	say("frames", text);
}

void packets(const Command& command)
{
	using Kind = MqttPacketParser::Kind;
	MqttPacketParser parser;
	parser.reset();
	String text;
	String contents;
	inPieces(command, [&](const uint8_t* data, size_t length) {
		for(;;) {
			MqttPacketParser::Item item;
			auto used = parser.feed(data, length, item);
			data += used;
			length -= used;
			if(item.kind == Kind::none) {
				return;
			}
			if(item.kind == Kind::error) {
				text += " error";
			} else if(item.kind == Kind::packet) {
				text += String(" ") + String(unsigned(item.type)) + ":" + String(unsigned(item.id)) + "," +
						String(unsigned(item.code)) + "," + String(unsigned(item.session));
			} else if(item.kind == Kind::begin) {
				contents = String::empty;
				text += String(" ") + String(unsigned(item.type)) + ":" + String(unsigned(item.flags)) + "," +
						String(unsigned(item.id)) + "," + toHex(parser.getTopic().c_str(), parser.getTopic().length()) +
						"," + String(unsigned(item.length));
			} else if(item.kind == Kind::content) {
				contents.concat(reinterpret_cast<const char*>(item.data), item.length);
			} else {
				text += String("=") + toHex(contents.c_str(), contents.length());
			}
		}
	});
	say("packets", text);
}

void topic(const Command& command)
{
	auto filter = bytesOption(command, "filter");
	auto name = bytesOption(command, "name");
	say("topic", String("filter=") + String(unsigned(Mqtt::isTopicFilter(filter))) +
					 " name=" + String(unsigned(Mqtt::isTopicName(name))) +
					 " matches=" + String(unsigned(Mqtt::matches(filter, name))));
}

void utf8(const Command& command)
{
	Websocket::Utf8Check check;
	bool valid = true;
	inPieces(command, [&](uint8_t* data, size_t length) { valid = valid && check.feed(data, length); });
	say("utf8", (valid && check.isComplete()) ? "valid" : valid ? "incomplete" : "invalid");
}

} // namespace

bool parserCommand(const Command& command)
{
	auto word = command.word(0);
	if(word == "frames") {
		frames(command);
	} else if(word == "packets") {
		packets(command);
	} else if(word == "topic") {
		topic(command);
	} else if(word == "utf8") {
		utf8(command);
	} else if(word == "accept") {
		say("accept", Websocket::acceptFor(command.option("key")));
	} else {
		return false;
	}
	return true;
}
