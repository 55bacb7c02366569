/**
 * Packets of MQTT 3.1.1 that a client sends: their size first, then their bytes into memory of that size. Arguments
 * must be checked before; see topics.h.
 */
#pragma once

#include <Network/Mqtt/MqttMessage.h>
#include <WString.h>

namespace Mqtt
{
/** Bytes behind the fixed header at most (§2.2.3). */
constexpr size_t maxRemaining = 268435455;

/** Writes into a buffer; without one it only counts. */
class Writer
{
public:
	explicit Writer(char* buffer = nullptr) : buffer(buffer)
	{
	}
	void byte(uint8_t value)
	{
		if(buffer != nullptr) {
			buffer[count] = char(value);
		}
		++count;
	}
	void number(uint16_t value)
	{
		byte(uint8_t(value >> 8));
		byte(uint8_t(value));
	}
	/** Text with its length in front. */
	void text(const String& value)
	{
		number(uint16_t(value.length()));
		bytes(value.c_str(), value.length());
	}
	void bytes(const char* data, size_t length);
	/** First byte and length of a packet. */
	void header(mqtt_type_t type, uint8_t flags, size_t remaining);
	size_t size() const
	{
		return count;
	}

private:
	char* buffer;
	size_t count = 0;
};

struct Connect {
	const String& clientName;
	const String& user;
	const String& password;
	const String& willTopic;
	const String& willMessage;
	uint8_t willFlags;
	bool cleanSession;
	uint16_t keepAlive;

	/** @return size of the packet */
	size_t write(char* buffer) const;

private:
	void writeBody(Writer& writer) const;
};

/** PUBLISH up to its contents, of which there are `contents` bytes. @param id counts with QoS 1 and 2 */
size_t writePublish(char* buffer, const String& topic, uint8_t flags, uint16_t id, size_t contents);

size_t writeSubscribe(char* buffer, uint16_t id, const String& filter, mqtt_qos_t qos);
size_t writeUnsubscribe(char* buffer, uint16_t id, const String& filter);

/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
size_t writeAcknowledge(char* buffer, mqtt_type_t type, uint16_t id);

/** PINGREQ or DISCONNECT. */
size_t writeSimple(char* buffer, mqtt_type_t type);

} // namespace Mqtt
