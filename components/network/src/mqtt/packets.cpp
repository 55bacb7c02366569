#include "packets.h"
#include <cstring>

namespace Mqtt
{
void Writer::bytes(const char* data, size_t length)
{
	if(buffer != nullptr && length > 0) {
		memcpy(buffer + count, data, length);
	}
	count += length;
}

void Writer::header(mqtt_type_t type, uint8_t flags, size_t remaining)
{
	byte(uint8_t((type << 4) | flags));
	do {
		byte(uint8_t((remaining & 0x7F) | (remaining > 0x7F ? 0x80 : 0)));
		remaining >>= 7;
	} while(remaining > 0);
}

/* Variable header and payload (§3.1.2, §3.1.3). */
void Connect::writeBody(Writer& writer) const
{
	writer.text("MQTT");
	writer.byte(4); // 3.1.1
	uint8_t flags = cleanSession ? 0x02 : 0;
	if(!willTopic.isEmpty()) {
		flags |= 0x04;
		flags |= uint8_t((willFlags & 0x06) << 2); // QoS
		flags |= uint8_t((willFlags & 0x01) << 5); // retain
	}
	if(!user.isEmpty()) {
		flags |= 0x80;
		flags |= password.isEmpty() ? 0 : 0x40; // no password without a user (§3.1.2.9)
	}
	writer.byte(flags);
	writer.number(keepAlive);
	writer.text(clientName);
	if(!willTopic.isEmpty()) {
		writer.text(willTopic);
		writer.text(willMessage);
	}
	if(!user.isEmpty()) {
		writer.text(user);
		if(!password.isEmpty()) {
			writer.text(password);
		}
	}
}

size_t Connect::write(char* buffer) const
{
	Writer body;
	writeBody(body);
	Writer writer(buffer);
	writer.header(MQTT_TYPE_CONNECT, 0, body.size());
	writeBody(writer);
	return writer.size();
}

size_t writePublish(char* buffer, const String& topic, uint8_t flags, uint16_t id, size_t contents)
{
	bool withId = (flags & 0x06) != 0;
	Writer writer(buffer);
	writer.header(MQTT_TYPE_PUBLISH, flags & 0x0F, 2 + topic.length() + (withId ? 2 : 0) + contents);
	writer.text(topic);
	if(withId) {
		writer.number(id);
	}
	return writer.size();
}

size_t writeSubscribe(char* buffer, uint16_t id, const String& filter, mqtt_qos_t qos)
{
	Writer writer(buffer);
	writer.header(MQTT_TYPE_SUBSCRIBE, 2, 2 + 2 + filter.length() + 1);
	writer.number(id);
	writer.text(filter);
	writer.byte(qos);
	return writer.size();
}

size_t writeUnsubscribe(char* buffer, uint16_t id, const String& filter)
{
	Writer writer(buffer);
	writer.header(MQTT_TYPE_UNSUBSCRIBE, 2, 2 + 2 + filter.length());
	writer.number(id);
	writer.text(filter);
	return writer.size();
}

size_t writeAcknowledge(char* buffer, mqtt_type_t type, uint16_t id)
{
	Writer writer(buffer);
	writer.header(type, (type == MQTT_TYPE_PUBREL) ? 2 : 0, 2);
	writer.number(id);
	return writer.size();
}

size_t writeSimple(char* buffer, mqtt_type_t type)
{
	Writer writer(buffer);
	writer.header(type, 0, 0);
	return writer.size();
}

} // namespace Mqtt
