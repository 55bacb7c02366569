/* MqttClient: what it receives. */
#include "Outgoing.h"
#include "topics.h"
#include <debug_progmem.h>

namespace
{
mqtt_message_t makeMessage(const MqttPacketParser::Item& item)
{
	mqtt_message_t message{};
	message.common.type = item.type;
	message.common.retain = mqtt_retain_t(item.flags & 1);
	message.common.qos = mqtt_qos_t((item.flags >> 1) & 3);
	message.common.dup = mqtt_dup_t((item.flags >> 3) & 1);
	return message;
}

mqtt_message_t makeAcknowledge(const MqttPacketParser::Item& item, mqtt_qos_t qos)
{
	auto message = makeMessage(item);
	message.common.qos = qos;
	message.common.length = 2;
	message.puback.message_id = item.id;
	return message;
}

} // namespace

bool MqttClient::onReceive(char* data, size_t length)
{
	Scope scope(*this, Scope::Kind::call);
	auto bytes = reinterpret_cast<const uint8_t*>(data);
	for(;;) {
		MqttPacketParser::Item item;
		auto used = parser.feed(bytes, length, item);
		bytes += used;
		length -= used;
		if(item.kind == MqttPacketParser::Kind::none) {
			break;
		}
		bool ok = handle(item);
		if(!scope.isCurrent()) {
			return true;
		}
		if(!ok) {
			return false;
		}
	}
	pauseIfFull();
	return true;
}

/* @return false to break the connection off, or because it is not the same any more */
bool MqttClient::handle(const MqttPacketParser::Item& item)
{
	using Kind = MqttPacketParser::Kind;
	if(item.kind == Kind::error) {
		debug_w("MQTT: malformed packet");
		return false;
	}
	if(item.kind == Kind::packet && item.type == MQTT_TYPE_CONNACK) {
		return handleConnack(item);
	}
	if(!accepted) {
		// After DISCONNECT it does not matter any more; before CONNACK nothing else may come (§3.2)
		return leaving;
	}
	return (item.kind == Kind::packet) ? handlePacket(item) : handleContents(item);
}

bool MqttClient::handleConnack(const MqttPacketParser::Item& item)
{
	if(!awaiting || accepted) {
		debug_w("MQTT: CONNACK twice");
		return false;
	}
	awaiting = false;
	accepted = (item.code == 0);
	if(!accepted) {
		debug_w("MQTT: the server refuses the connection, code %u", item.code);
		leaving = (item.code != 3); // others do not become better by trying again
	}
	if(accepted && !item.session) {
		received.clear();
		for(auto& subscription : subscriptions) {
			subscription.granted = false;
		}
		for(auto place = &outgoing; cleanSession && *place != nullptr;) {
			(*place)->sent = false;
			if((*place)->stage == Outgoing::Stage::released) {
				release(place); // the server has it
			} else {
				place = &(*place)->next;
			}
		}
	}
	if(accepted) {
		reconnectWait = reconnectTime;
	}
	auto message = makeMessage(item);
	message.common.length = 2;
	message.connack.session_present = item.session;
	message.connack.return_code = item.code;
	if(!call(message) || item.code != 0) {
		return false;
	}
	sendPending();
	return true;
}

bool MqttClient::handlePacket(const MqttPacketParser::Item& item)
{
	switch(item.type) {
	case MQTT_TYPE_PUBACK: {
		auto place = find(item.id, MQTT_QOS_AT_LEAST_ONCE);
		if(place != nullptr && (*place)->stage == Outgoing::Stage::published) {
			release(place);
		}
		auto message = makeAcknowledge(item, MQTT_QOS_AT_LEAST_ONCE);
		if(!call(message)) {
			return false;
		}
		break;
	}

	case MQTT_TYPE_PUBREC: {
		auto place = find(item.id, MQTT_QOS_EXACTLY_ONCE);
		if(place != nullptr && (*place)->stage != Outgoing::Stage::waiting) {
			(*place)->stage = Outgoing::Stage::released;
			(*place)->dropContents();
			(*place)->sent = sendAcknowledge(MQTT_TYPE_PUBREL, item.id);
		} else if(!sendAcknowledge(MQTT_TYPE_PUBREL, item.id)) { // of an earlier session: so it comes to its end
			return false;
		}
		auto message = makeAcknowledge(item, MQTT_QOS_EXACTLY_ONCE);
		return call(message);
	}

	case MQTT_TYPE_PUBCOMP: {
		auto place = find(item.id, MQTT_QOS_EXACTLY_ONCE);
		if(place != nullptr && (*place)->stage == Outgoing::Stage::released) {
			release(place);
		}
		auto message = makeAcknowledge(item, MQTT_QOS_EXACTLY_ONCE);
		if(!call(message)) {
			return false;
		}
		break;
	}

	case MQTT_TYPE_PUBREL: {
		received.removeElement(item.id);
		if(!sendAcknowledge(MQTT_TYPE_PUBCOMP, item.id)) {
			return false;
		}
		auto message = makeAcknowledge(item, MQTT_QOS_EXACTLY_ONCE);
		return call(message);
	}

	case MQTT_TYPE_SUBACK:
		return handleSuback(item);

	case MQTT_TYPE_UNSUBACK: {
		auto message = makeAcknowledge(item, MQTT_QOS_AT_MOST_ONCE);
		return call(message);
	}

	case MQTT_TYPE_PINGRESP: {
		awaiting = false;
		auto message = makeMessage(item);
		return call(message);
	}

	default:
		return false;
	}
	sendPending(); // there is room again
	return true;
}

bool MqttClient::handleSuback(const MqttPacketParser::Item& item)
{
	auto message = makeAcknowledge(item, MQTT_QOS_AT_MOST_ONCE);
	message.common.length = 3;
	message.suback.return_code = item.code;
	String filter;
	for(auto& subscription : subscriptions) {
		if(subscription.id == item.id) {
			subscription.id = 0;
			subscription.granted = true; // or refused: not to be asked for again on this connection
			filter = subscription.filter;
			message.suback.topic_name = {uint32_t(filter.length()), reinterpret_cast<uint8_t*>(filter.begin())};
		}
	}
	if(item.code == MQTT_SUBSCRIPTION_REFUSED) {
		debug_w("MQTT: the server refuses the subscription %s", filter.c_str());
	}
	return call(message);
}

bool MqttClient::handleContents(const MqttPacketParser::Item& item)
{
	using Kind = MqttPacketParser::Kind;
	if(item.kind == Kind::begin) {
		return beginMessage(item);
	}
	if(item.kind == Kind::end) {
		return endMessage(item);
	}
	return repeated || parsePayload(reinterpret_cast<const char*>(item.data), int(item.length));
}

bool MqttClient::beginMessage(const MqttPacketParser::Item& item)
{
	releaseMessage();
	incoming = makeMessage(item);
	auto& topic = parser.getTopic();
	incoming.publish.topic_name = {uint32_t(topic.length()),
								   reinterpret_cast<uint8_t*>(const_cast<char*>(topic.c_str()))};
	incoming.publish.message_id = item.id;
	bool once = (incoming.common.qos == MQTT_QOS_EXACTLY_ONCE);
	incoming.common.length = 2 + topic.length() + (incoming.common.qos == 0 ? 0 : 2) + item.length;
	payload.total = item.length;
	repeated = once && received.contains(item.id);
	if(once && !repeated && received.count() >= MQTT_MAX_INCOMING) {
		debug_w("MQTT: the server has too many messages under way");
		return false;
	}
	return repeated || parsePayload(nullptr, MQTT_PAYLOAD_PARSER_START);
}

bool MqttClient::endMessage(const MqttPacketParser::Item& item)
{
	if(!repeated) {
		if(!parsePayload(nullptr, MQTT_PAYLOAD_PARSER_END)) {
			return false;
		}
		// First what may fail for want of memory, so that no message is delivered twice
		bool once = (incoming.common.qos == MQTT_QOS_EXACTLY_ONCE);
		if(once && !received.add(item.id)) {
			return false;
		}
		Scope scope(*this, Scope::Kind::call);
		if(!payload.dropped && !deliver()) {
			if(scope.isCurrent()) {
				received.removeElement(item.id); // refused: it will come again
			}
			return false;
		}
	}
	releaseMessage();
	auto qos = (item.flags >> 1) & 3;
	return qos == 0 || sendAcknowledge(qos == 1 ? MQTT_TYPE_PUBACK : MQTT_TYPE_PUBREC, item.id);
}

/*
 * To every subscription with a handler that fits, otherwise to the message handler. What a handler is given stays until
 * it returns, also if it ends the connection or deletes this object.
 */
bool MqttClient::deliver()
{
	struct Held {
		String topic;
		mqtt_message_t message;
		uint8_t* buffer;

		~Held()
		{
			Memory::release(buffer);
		}
	} held{parser.takeTopic(), incoming, payload.buffer};
	payload.buffer = nullptr;
	held.message.publish.topic_name = {uint32_t(held.topic.length()), reinterpret_cast<uint8_t*>(held.topic.begin())};

	Scope scope(*this, Scope::Kind::call);
	bool taken = false;
	bool ok = true;
	inHandlers = true;
	for(size_t i = 0, count = subscriptions.count(); ok && i < count && i < subscriptions.count(); ++i) {
		auto function = subscriptions[i].handler;
		if(function && Mqtt::matches(subscriptions[i].filter, held.topic)) {
			taken = true;
			ok = function(*this, &held.message) == 0;
			ok = scope.isCurrent() && ok;
		}
	}
	if(!scope.isAlive()) {
		return false;
	}
	inHandlers = false;
	return ok && (taken || call(held.message));
}

bool MqttClient::parsePayload(const char* data, int length)
{
	if(!payloadParser) {
		return true;
	}
	auto function = payloadParser;
	Scope scope(*this, Scope::Kind::call);
	int result = function(payload, &incoming, data, length);
	if(!scope.isCurrent() || result != 0) {
		return false;
	}
	payload.offset += (length > 0) ? size_t(length) : 0;
	return true;
}

void MqttClient::releaseMessage()
{
	Memory::release(payload.buffer);
	payload.buffer = nullptr;
	payload.offset = payload.total = 0;
	payload.dropped = false;
	incoming = mqtt_message_t{};
}
