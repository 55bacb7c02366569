#include <Memory.h>
#include <Network/Mqtt/MqttPayloadParser.h>
#include <cstring>
#include <debug_progmem.h>

namespace
{
/*
 * The first piece came: make room for all. What a packet only announces takes no memory.
 * @return false when it is to come again
 */
bool begin(MqttPayloadParserState& state, mqtt_qos_t qos)
{
	bool fits = state.total <= MQTT_PAYLOAD_LENGTH;
	if(fits) {
		state.buffer = static_cast<uint8_t*>(Memory::allocate(state.total, Memory::Tag::network));
	}
	if(state.buffer != nullptr) {
		return true;
	}
	debug_w("MQTT: a message of %u bytes is dropped", unsigned(state.total));
	state.dropped = true;
	return !fits || qos == MQTT_QOS_AT_MOST_ONCE;
}

} // namespace

int defaultPayloadParser(MqttPayloadParserState& state, mqtt_message_t* message, const char* buffer, int length)
{
	if(length <= 0 || state.dropped) {
		return 0;
	}
	if(state.buffer == nullptr && !begin(state, message->common.qos)) {
		return -1;
	}
	if(!state.dropped) {
		memcpy(state.buffer + state.offset, buffer, size_t(length));
		message->publish.content = {uint32_t(state.offset + size_t(length)), state.buffer};
	}
	return 0;
}
