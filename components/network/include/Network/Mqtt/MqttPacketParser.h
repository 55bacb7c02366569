/**
 * MqttPacketParser: what a server of MQTT 3.1.1 sends, without any I/O.
 *
 * Checks everything the standard calls malformed for these packets, at the first byte that shows it. Holds no more
 * than a small packet and the topic of a message; its contents go through in pieces.
 */
#pragma once

#include "MqttMessage.h"
#include <Network/Http/Websocket/WebsocketFrame.h>
#include <WString.h>

/** Bytes of a topic that is received; a longer one ends the connection. The standard allows 65535. */
#ifndef MQTT_MAX_TOPIC_LENGTH
#ifdef ARCH_HOST
#define MQTT_MAX_TOPIC_LENGTH 65535
#else
#define MQTT_MAX_TOPIC_LENGTH 256
#endif
#endif

class MqttPacketParser
{
public:
	/** What a call has found. */
	enum class Kind : uint8_t {
		none,	 ///< all bytes were used, nothing to tell yet
		packet,	 ///< a whole packet, other than PUBLISH
		begin,	 ///< PUBLISH: the topic is known; `length` has the size of the contents
		content, ///< a piece of the contents
		end,	 ///< the contents are complete
		error,	 ///< malformed; nothing more is parsed
	};

	/** What feed() found. */
	struct Item {
		Kind kind = Kind::none;
		mqtt_type_t type{};
		uint8_t flags = 0;		///< low four bits of the first byte
		uint16_t id = 0;		///< packet identifier; 0 where there is none
		uint8_t code = 0;		///< CONNACK, SUBACK: return code
		bool session = false;	///< CONNACK: session present
		const uint8_t* data = nullptr; ///< content: its bytes
		size_t length = 0;
	};

	/** Begin with the first packet of a connection. */
	void reset();

	/**
	 * Take bytes, up to the first thing there is to tell. After an error everything is dropped.
	 * @return bytes used; may be 0 when there is something to tell: `end`
	 */
	size_t feed(const uint8_t* data, size_t length, Item& item);

	/** Topic of the message under way. */
	const String& getTopic() const
	{
		return topic;
	}
	/** Take it out, when the message has ended. */
	String takeTopic()
	{
		return std::move(topic);
	}

private:
	enum class State : uint8_t { type, length, small, topicLength, topic, id, begin, content, end, failed };

	void fail(Item& item);
	bool checkType() const;
	bool beginPacket();
	bool endLength(Item& item);
	bool endSmall(Item& item);
	bool takeHeader(uint8_t byte, Item& item);
	bool endTopic();
	bool beginTopic();
	unsigned qos() const
	{
		return (first >> 1) & 3u;
	}

	String topic;
	Websocket::Utf8Check utf8;
	uint32_t left = 0; ///< bytes of the packet to come
	uint32_t topicLength = 0;
	uint16_t id = 0;
	State state = State::type;
	uint8_t first = 0; ///< type and flags
	uint8_t count = 0; ///< bytes of the field under way
	uint8_t small[3];  ///< a packet other than PUBLISH
};
