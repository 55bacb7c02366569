/* Command "mqtt": a client. */
#include <Data/Stream/MemoryDataStream.h>
#include <console.h>
#include <new>

namespace
{
MqttClient* client;
Command* settings; ///< that connect was called with
unsigned refusals; ///< so many messages are refused by their handler
String action;	   ///< what the handler of the next message does to the client

/* Do that, while the message is being handled. */
void act(MqttClient& mqtt)
{
	String what = std::move(action);
	action = nullptr;
	if(what == "delete") {
		delete client;
		client = nullptr;
	} else if(what == "disconnect") {
		mqtt.disconnect();
	} else if(what == "connect") {
		mqtt.connect(Url(settings->option("url")), "other");
	} else if(what == "publish") {
		mqtt.publish("from/handler", String("").padRight(2000, 'p'), 2);
	} else if(what == "unsubscribe") {
		mqtt.unsubscribe("a/#");
		mqtt.subscribe("a/+/c", [](MqttClient&, mqtt_message_t*) -> int {
			say("added", "called");
			return 0;
		});
	}
}

String describe(const mqtt_publish_t& publish)
{
	return String("topic=") + String(MqttBuffer(publish.topic_name)) + " text=" + String(MqttBuffer(publish.content));
}

int onMessage(MqttClient& mqtt, mqtt_message_t* message)
{
	if(action) {
		act(mqtt);
		say("again", describe(message->publish));
		return 0;
	}
	auto& publish = message->publish;
	bool printable = publish.content.length <= 200;
	say("mqtt", String("message topic=") + String(MqttBuffer(publish.topic_name)) + " qos=" + String(unsigned(publish.qos)) +
					" retain=" + String(unsigned(publish.retain)) + " dup=" + String(unsigned(publish.dup)) +
					" id=" + String(unsigned(publish.message_id)) + " size=" + String(unsigned(publish.content.length)) +
					" text=" + (printable ? String(MqttBuffer(publish.content)) : String("…")));
	if(refusals > 0) {
		--refusals;
		return -1;
	}
	return 0;
}

int onEvent(MqttClient& mqtt, mqtt_message_t* message)
{
	auto type = message->common.type;
	String text = String("event type=") + String(unsigned(type));
	if(type == MQTT_TYPE_CONNACK) {
		text += String(" code=") + String(unsigned(message->connack.return_code)) +
				" session=" + String(unsigned(message->connack.session_present)) +
				" pending=" + String(mqtt.getPendingCount());
	} else if(type == MQTT_TYPE_SUBACK) {
		text += String(" code=") + String(unsigned(message->suback.return_code)) +
				" topic=" + String(MqttBuffer(message->suback.topic_name));
	} else if(type == MQTT_TYPE_CONNECT) {
		text += String(" client=") + String(MqttBuffer(message->connect.client_id)) +
				" protocol=" + String(MqttBuffer(message->connect.protocol_name));
	} else if(type != MQTT_TYPE_DISCONNECT && type != MQTT_TYPE_PINGRESP) {
		text += String(" id=") + String(unsigned(message->puback.message_id)) +
				" qos=" + String(unsigned(message->puback.qos)) + " pending=" + String(mqtt.getPendingCount());
	}
	say("mqtt", text);
	return 0;
}

int onOwnMessage(MqttClient& mqtt, mqtt_message_t* message)
{
	act(mqtt);
	say("own", "message " + describe(message->publish));
	return 0;
}

void onComplete(TcpClient& tcp, bool successful)
{
	String text = String("complete ok=") + String(unsigned(successful));
	auto ssl = tcp.getSsl();
	if(ssl != nullptr) {
		text += " tls=" + toString(ssl->getError());
	}
	say("mqtt", text);
	if(settings != nullptr && settings->number("delete") != 0) {
		delete client;
		client = nullptr;
		say("mqtt", "deleted");
	}
}

void initSession(Ssl::Session& session)
{
	applyTls(session, *settings);
}

bool connectClient(const Command& command)
{
	delete settings;
	settings = new Command(command);
	if(client == nullptr) {
		client = new MqttClient;
		for(unsigned type = MQTT_TYPE_CONNECT; type <= MQTT_TYPE_DISCONNECT; ++type) {
			client->setEventHandler(mqtt_type_t(type), onEvent);
		}
		client->setMessageHandler(onMessage);
		client->setCompleteDelegate(onComplete);
		client->setSslInitHandler(initSession);
	}
	client->setCleanSession(command.number("clean") != 0);
	client->setAutoReconnect(uint16_t(command.number("again")));
	if(command.option("alive")) {
		client->setKeepAlive(uint16_t(command.number("alive")));
	}
	if(command.option("ping")) {
		client->setPingRepeatTime(uint16_t(command.number("ping")));
	}
	if(command.option("will")) {
		client->setWill(command.option("will"), command.option("last-words"), uint8_t(command.number("will-flags")));
	}
	Url url(command.option("url"));
	auto name = command.option("name");
	Memory::failAllocation(uint32_t(command.number("fail")), command.number("fail-all") != 0);
	return client->connect(url, name);
}

class Endless : public MemoryDataStream
{
public:
	/** Promises more than it has. */
	int available() override
	{
		return MemoryDataStream::available() + 10;
	}
};

class Once : public MemoryDataStream
{
public:
	/** Goes forward only, and says only at the beginning where it is. */
	int seekFrom(int offset, SeekOrigin origin) override
	{
		bool back = (origin != SeekOrigin::Current);
		return back ? -1 : MemoryDataStream::seekFrom(offset, origin);
	}
};

bool publish(const Command& command)
{
	auto flags = uint8_t(command.number("flags"));
	auto size = size_t(command.number("size"));
	String text = command.option("text");
	if(size > 0) {
		text.setLength(size);
		for(size_t i = 0; i < size; ++i) {
			text[i] = char('a' + i % 26);
		}
	}
	if(command.number("stream") == 0) {
		return client->publish(command.option("topic"), text, flags);
	}
	auto kind = command.number("stream");
	auto stream = (kind == 3) ? new Once : (kind == 2) ? new Endless : new MemoryDataStream;
	stream->write(reinterpret_cast<const uint8_t*>(text.c_str()), text.length());
	return client->publish(command.option("topic"), stream, flags);
}

} // namespace

void mqttCleanup()
{
	delete client;
	delete settings;
	client = nullptr;
	settings = nullptr;
}

bool mqttCommand(const Command& command)
{
	if(command.word(0) != "mqtt") {
		return false;
	}
	auto verb = command.word(1);
	bool ok = true;
	auto qos = mqtt_qos_t(command.number("qos"));
	if(verb == "connect") {
		ok = connectClient(command);
	} else if(client == nullptr) {
		ok = false;
	} else if(verb == "publish") {
		for(long i = command.number("count", 1); i > 0 && ok; --i) {
			ok = publish(command);
		}
	} else if(verb == "subscribe") {
		ok = command.number("own") != 0 ? client->subscribe(command.option("topic"), onOwnMessage, qos)
										: client->subscribe(command.option("topic"), qos);
	} else if(verb == "unsubscribe") {
		ok = client->unsubscribe(command.option("topic"));
	} else if(verb == "act") {
		action = command.option("what");
	} else if(verb == "refuse") {
		refusals = unsigned(command.number("count"));
	} else if(verb == "disconnect") {
		client->disconnect();
	} else if(verb == "delete") {
		delete client;
		client = nullptr;
	} else {
		return false;
	}
	say("mqtt", String(verb) + (ok ? " ok" : " refused"));
	return true;
}
