/* MqttClient: what it publishes and subscribes to. */
#include "Outgoing.h"
#include "packets.h"
#include "topics.h"
#include <Data/Stream/MemoryDataStream.h>
#include <debug_progmem.h>

MqttClient::Outgoing* MqttClient::enqueue(const String& topic, uint8_t flags)
{
	auto qos = (flags >> 1) & 3;
	if(!Mqtt::isTopicName(topic) || qos > MQTT_QOS_EXACTLY_ONCE) {
		debug_e("MQTT: this topic or QoS cannot be published to");
		return nullptr;
	}
	if(outgoingCount >= MQTT_REQUEST_POOL_SIZE) {
		debug_w("MQTT: %u messages wait already", outgoingCount);
		return nullptr;
	}
	auto message = new Outgoing(topic, flags & 0x07); // DUP is set when it is sent again
	if(message == nullptr || message->topic.isFailed()) {
		delete message;
		return nullptr;
	}
	message->id = (qos == 0) ? 0 : makeId();
	auto place = &outgoing;
	while(*place != nullptr) {
		place = &(*place)->next;
	}
	*place = message;
	++outgoingCount;
	return message;
}

bool MqttClient::publish(const String& topic, const String& text, uint8_t flags)
{
	if(text.isFailed() || text.length() > Mqtt::maxRemaining - topic.length() - 4) {
		return false;
	}
	auto message = enqueue(topic, flags);
	if(message == nullptr) {
		return false;
	}
	message->message = text;
	if(message->message.isFailed()) {
		for(auto place = &outgoing; *place != nullptr; place = &(*place)->next) {
			if(*place == message) {
				release(place);
				break;
			}
		}
		return false;
	}
	sendPending();
	return true;
}

bool MqttClient::publish(const String& topic, IDataSourceStream* stream, uint8_t flags)
{
	int length = (stream == nullptr) ? -1 : stream->available();
	bool mayRepeat = (flags & 0x06) != 0;
	if(length < 0 || size_t(length) > Mqtt::maxRemaining - topic.length() - 4 ||
	   (mayRepeat && stream->seekFrom(0, SeekOrigin::Current) != 0)) {
		debug_e("MQTT: a stream must know its size, and with QoS be at its beginning and able to go back to it");
		delete stream;
		return false;
	}
	auto contents = new Mqtt::Contents(stream, size_t(length));
	if(contents == nullptr) {
		delete stream;
		return false;
	}
	auto message = enqueue(topic, flags);
	if(message == nullptr) {
		contents->release();
		return false;
	}
	message->contents = contents;
	sendPending();
	return true;
}

void MqttClient::release(Outgoing** place)
{
	auto message = *place;
	*place = message->next;
	--outgoingCount;
	delete message;
}

bool MqttClient::isUsed(uint16_t id) const
{
	for(auto message = outgoing; message != nullptr; message = message->next) {
		if(message->id == id) {
			return true;
		}
	}
	for(const auto& subscription : subscriptions) {
		if(subscription.id == id) {
			return true;
		}
	}
	return false;
}

/* A packet identifier that is not in use (§2.3.1); there are far more than uses. */
uint16_t MqttClient::makeId()
{
	do {
		++lastId;
	} while(lastId == 0 || isUsed(lastId));
	return lastId;
}

MqttClient::Outgoing** MqttClient::find(uint16_t id, mqtt_qos_t qos)
{
	for(auto place = &outgoing; *place != nullptr; place = &(*place)->next) {
		if((*place)->id == id && (*place)->qos() == qos) {
			return place;
		}
	}
	return nullptr;
}

/* Put a message into the queue of TCP. Calls nothing back. @return false when there is no memory */
bool MqttClient::sendPublish(Outgoing& message)
{
	uint8_t flags = message.flags | uint8_t(message.sent && message.qos() != 0 ? 0x08 : 0);
	auto length = message.length();
	auto head = Mqtt::writePublish(nullptr, message.topic, flags, message.id, length);
	Mqtt::ContentsStream* stream = nullptr;
	if(message.contents != nullptr) {
		stream = new Mqtt::ContentsStream(*message.contents);
		if(stream == nullptr) {
			return false;
		}
	}
	struct Packet {
		const Outgoing& message;
		uint8_t flags;
		size_t head;
	} packet{message, flags, head};
	bool ok = send(head + (stream == nullptr ? length : 0), [&packet](char* buffer) {
		const auto& message = packet.message;
		Mqtt::writePublish(buffer, message.topic, packet.flags, message.id, message.length());
		if(message.contents == nullptr) {
			memcpy(buffer + packet.head, message.message.c_str(), message.message.length());
		}
	});
	if(!ok) {
		delete stream;
		return false;
	}
	if(stream != nullptr && !TcpClient::send(stream)) {
		breakOff(Network::SocketError::noMemory); // its header is on the way: this connection is of no use any more
		return false;
	}
	lastSent = clock();
	message.sent = true;
	return true;
}

/* Send what waits, in order, as far as there is room. Calls nothing back. */
void MqttClient::sendPending()
{
	if(!accepted) {
		return;
	}
	if(!sendSubscriptions()) {
		return;
	}
	for(auto place = &outgoing; *place != nullptr && getQueuedSize() < TCP_CLIENT_QUEUE_LIMIT;) {
		auto& message = **place;
		if(message.stage == Outgoing::Stage::waiting) {
			if(message.contents != nullptr && message.contents->failed) {
				debug_e("MQTT: a message to %s is dropped: its stream cannot be sent", message.topic.c_str());
				release(place);
				continue;
			}
			if(!sendPublish(message)) {
				return;
			}
			message.stage = Outgoing::Stage::published;
		} else if(message.stage == Outgoing::Stage::released && !message.sent) {
			message.sent = sendAcknowledge(MQTT_TYPE_PUBREL, message.id);
		}
		if(message.qos() == MQTT_QOS_AT_MOST_ONCE) {
			release(place);
		} else {
			place = &message.next;
		}
	}
}

MqttClient::Subscription* MqttClient::findSubscription(const String& filter)
{
	for(auto& subscription : subscriptions) {
		if(subscription.filter == filter) {
			return &subscription;
		}
	}
	return nullptr;
}

bool MqttClient::subscribe(const String& topic, mqtt_qos_t qos)
{
	return subscribe(topic, MqttDelegate(), qos);
}

bool MqttClient::subscribe(const String& topic, MqttDelegate handler, mqtt_qos_t qos)
{
	if(!Mqtt::isTopicFilter(topic) || qos > MQTT_QOS_EXACTLY_ONCE) {
		debug_e("MQTT: not a topic filter: %s", topic.c_str());
		return false;
	}
	auto subscription = findSubscription(topic);
	if(subscription == nullptr) {
		Subscription added;
		added.filter = topic;
		if(subscriptions.count() >= MQTT_MAX_SUBSCRIPTIONS || added.filter.isFailed() ||
		   !subscriptions.add(std::move(added))) {
			debug_e("MQTT: too many subscriptions, or no memory");
			return false;
		}
		subscription = &subscriptions[subscriptions.count() - 1];
	}
	subscription->handler = handler;
	subscription->qos = qos;
	subscription->granted = subscription->removing = false;
	subscription->id = 0;
	sendPending();
	return true;
}

bool MqttClient::sendSubscribe(Subscription& subscription)
{
	auto id = makeId();
	struct Packet {
		const Subscription& subscription;
		uint16_t id;
	} packet{subscription, id};
	bool ok = send(Mqtt::writeSubscribe(nullptr, id, subscription.filter, subscription.qos), [&packet](char* buffer) {
		Mqtt::writeSubscribe(buffer, packet.id, packet.subscription.filter, packet.subscription.qos);
	});
	subscription.id = ok ? id : 0;
	lastSent = clock();
	return ok;
}

bool MqttClient::sendUnsubscribe(const String& filter)
{
	struct Packet {
		const String& filter;
		uint16_t id;
	} packet{filter, makeId()};
	lastSent = clock();
	return send(Mqtt::writeUnsubscribe(nullptr, packet.id, filter),
				[&packet](char* buffer) { Mqtt::writeUnsubscribe(buffer, packet.id, packet.filter); });
}

/* Tell the server what it does not know yet. @return false when there is no memory */
bool MqttClient::sendSubscriptions()
{
	for(size_t i = 0; i < subscriptions.count();) {
		auto& subscription = subscriptions[i];
		if(subscription.removing && inHandlers) {
			++i; // the list is being gone through
			continue;
		}
		if(subscription.removing) {
			if(!sendUnsubscribe(subscription.filter)) {
				return false;
			}
			subscriptions.removeElementAt(i);
			continue;
		}
		if(!subscription.granted && subscription.id == 0 && !sendSubscribe(subscription)) {
			return false;
		}
		++i;
	}
	return true;
}

bool MqttClient::unsubscribe(const String& topic)
{
	auto subscription = findSubscription(topic);
	if(subscription == nullptr || subscription->removing) {
		return false;
	}
	// Without a connection it waits: the server may have kept the subscription
	subscription->removing = true;
	subscription->handler = nullptr;
	sendPending();
	return true;
}
