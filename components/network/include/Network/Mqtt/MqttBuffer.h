/** MqttBuffer: the bytes of a packet as text, for printing: `Serial << MqttBuffer(message->publish.topic_name)`. */
#pragma once

#include "MqttMessage.h"
#include <Print.h>
#include <WString.h>

class MqttBuffer
{
public:
	/** Refers to the bytes; does not copy them. */
	MqttBuffer(const mqtt_buffer_t& buffer) : buffer(buffer)
	{
	}

	/** A copy. */
	operator String() const
	{
		return String(reinterpret_cast<const char*>(buffer.data), buffer.length);
	}

	size_t printTo(Print& p) const
	{
		return p.write(buffer.data, buffer.length);
	}

private:
	mqtt_buffer_t buffer;
};
