#include <Network/Mqtt/MqttPacketParser.h>

namespace
{
/* Bytes behind the fixed header of what a server sends; our SUBSCRIBE has one filter, so SUBACK one code. */
int lengthOf(unsigned type)
{
	switch(type) {
	case MQTT_TYPE_CONNACK:
	case MQTT_TYPE_PUBACK:
	case MQTT_TYPE_PUBREC:
	case MQTT_TYPE_PUBREL:
	case MQTT_TYPE_PUBCOMP:
	case MQTT_TYPE_UNSUBACK:
		return 2;
	case MQTT_TYPE_SUBACK:
		return 3;
	case MQTT_TYPE_PINGRESP:
		return 0;
	default:
		return -1; // not from a server
	}
}

} // namespace

void MqttPacketParser::reset()
{
	state = State::type;
	topic = nullptr;
}

void MqttPacketParser::fail(Item& item)
{
	state = State::failed;
	item = Item{};
	item.kind = Kind::error;
}

/* Type and flags (§2.2). */
bool MqttPacketParser::checkType() const
{
	auto type = first >> 4;
	auto flags = first & 0x0F;
	if(type == MQTT_TYPE_PUBLISH) {
		// No third bit of QoS, and nothing is repeated with QoS 0 (§3.3.1)
		return qos() != 3 && (qos() != 0 || (flags & 8) == 0);
	}
	return lengthOf(type) >= 0 && flags == ((type == MQTT_TYPE_PUBREL) ? 2 : 0);
}

/* The length is known. */
bool MqttPacketParser::endLength(Item& item)
{
	auto type = first >> 4;
	count = 0;
	if(type == MQTT_TYPE_PUBLISH) {
		state = State::topicLength;
		return left >= (qos() == 0 ? 3u : 5u); // a topic of one character at least
	}
	if(int(left) != lengthOf(type)) {
		return false;
	}
	if(left == 0) {
		return endSmall(item);
	}
	state = State::small;
	return true;
}

/* A packet other than PUBLISH is whole. */
bool MqttPacketParser::endSmall(Item& item)
{
	state = State::type;
	item.kind = Kind::packet;
	item.type = mqtt_type_t(first >> 4);
	item.flags = first & 0x0F;
	if(item.type == MQTT_TYPE_PINGRESP) {
		return true;
	}
	if(item.type == MQTT_TYPE_CONNACK) {
		item.session = (small[0] & 1) != 0;
		item.code = small[1];
		return small[0] <= 1 && (item.code == 0 || !item.session); // §3.2.2
	}
	item.id = uint16_t((small[0] << 8) | small[1]);
	if(item.type == MQTT_TYPE_SUBACK) {
		item.code = small[2];
		return item.id != 0 && (item.code <= MQTT_QOS_EXACTLY_ONCE || item.code == MQTT_SUBSCRIPTION_REFUSED);
	}
	return item.id != 0;
}

bool MqttPacketParser::beginTopic()
{
	uint32_t rest = (qos() == 0) ? 0 : 2;
	utf8.reset();
	topic = String::empty;
	return topicLength != 0 && topicLength <= MQTT_MAX_TOPIC_LENGTH && topicLength + rest <= left;
}

/* The topic is complete (§3.3.2.1, §4.7). */
bool MqttPacketParser::endTopic()
{
	if(!utf8.isComplete()) {
		return false;
	}
	id = 0;
	count = 0;
	state = (qos() == 0) ? State::begin : State::id;
	return true;
}

/* A byte of what stands before the contents. @return false when it is malformed */
bool MqttPacketParser::takeHeader(uint8_t byte, Item& item)
{
	switch(state) {
	case State::type:
		first = byte;
		left = 0;
		count = 0;
		state = State::length;
		return checkType();

	case State::length:
		// Seven bits a byte, lowest first, four bytes at most (§2.2.3)
		left |= uint32_t(byte & 0x7F) << (7 * count);
		if((byte & 0x80) != 0) {
			return ++count < 4;
		}
		return endLength(item);

	case State::small:
		small[count++] = byte;
		return --left != 0 || endSmall(item);

	case State::topicLength:
		topicLength = ((topicLength << 8) | byte) & 0xFFFF;
		--left;
		if(++count < 2) {
			return true;
		}
		state = State::topic;
		return beginTopic();

	case State::id:
		id = uint16_t((id << 8) | byte);
		--left;
		if(++count < 2) {
			return true;
		}
		state = State::begin;
		return id != 0;

	default:
		return false;
	}
}

size_t MqttPacketParser::feed(const uint8_t* data, size_t length, Item& item)
{
	item = Item{};
	size_t used = 0;
	while(item.kind == Kind::none && state != State::failed) {
		if(state == State::begin || state == State::end) {
			item.kind = (state == State::begin) ? Kind::begin : Kind::end;
			item.length = left;
			state = (state == State::end) ? State::type : (left == 0) ? State::end : State::content;
		} else if(used == length) {
			return used;
		} else if(state == State::topic) {
			auto part = length - used;
			auto missing = topicLength - topic.length();
			part = (part < missing) ? part : missing;
			for(size_t i = 0; i < part; ++i) {
				auto byte = data[used + i];
				if(byte == 0 || byte == '+' || byte == '#') {
					fail(item); // §1.5.3, §3.3.2.1
					return length;
				}
			}
			if(!utf8.feed(data + used, part) ||
			   !topic.concat(reinterpret_cast<const char*>(data + used), part)) {
				fail(item);
				return length;
			}
			used += part;
			left -= uint32_t(part);
			if(topic.length() == topicLength && !endTopic()) {
				fail(item);
			}
		} else if(state == State::content) {
			auto part = length - used;
			part = (part < left) ? part : left;
			item.kind = Kind::content;
			item.data = data + used;
			item.length = part;
			used += part;
			left -= uint32_t(part);
			if(left == 0) {
				state = State::end;
			}
		} else if(!takeHeader(data[used++], item)) {
			fail(item);
		}
	}
	if(state == State::failed) {
		return length;
	}
	if(item.kind == Kind::begin || item.kind == Kind::end || item.kind == Kind::content) {
		item.type = MQTT_TYPE_PUBLISH;
		item.flags = first & 0x0F;
		item.id = id;
	}
	return used;
}
