/** A message that a client publishes, from publish() until it needs nothing of it any more. */
#pragma once

#include "Contents.h"
#include <Network/Mqtt/MqttClient.h>

struct MqttClient::Outgoing : public Memory::Tagged<Memory::Tag::network> {
	/** What the server has still to do. */
	enum class Stage : uint8_t {
		waiting,   ///< not sent, or not on this connection
		published, ///< PUBACK or PUBREC is to come
		released,  ///< QoS 2: the server has it; PUBREL is sent or to be sent, PUBCOMP is to come
	};

	Outgoing(const String& topic, uint8_t flags) : topic(topic), flags(flags)
	{
	}
	~Outgoing()
	{
		dropContents();
	}
	Outgoing(const Outgoing&) = delete;
	Outgoing& operator=(const Outgoing&) = delete;

	void dropContents()
	{
		if(contents != nullptr) {
			contents->release();
			contents = nullptr;
		}
		message = nullptr;
	}
	mqtt_qos_t qos() const
	{
		return mqtt_qos_t((flags >> 1) & 3);
	}
	size_t length() const
	{
		return (contents != nullptr) ? contents->length : message.length();
	}

	Outgoing* next = nullptr;
	String topic;
	String message;
	Mqtt::Contents* contents = nullptr; ///< in place of `message`
	uint16_t id = 0;
	uint8_t flags;
	Stage stage = Stage::waiting;
	bool sent = false; ///< on whatever connection; PUBREL in stage `released` on this one
};
