/*
 * Compiles only: what applications of Sming use of WebSocket and MQTT, under Sming's names and with Sming's types. It
 * is enough that the compiler takes it; the functions are called by nobody.
 */
#include <Network/Http/Websocket/WebsocketResource.h>
#include <Network/Mqtt/MqttBuffer.h>
#include <Network/WebsocketClient.h>
#include <SmingCore.h>

namespace
{
HttpServer server;
MqttClient mqtt;
WebsocketClient wsClient;
Timer timer;
Vector<WebsocketConnection*> sessions;

/* A handler is told apart from a method by its type alone: both kinds have to be taken. */
struct Handlers {
	void socketEvent(WebsocketConnection& socket)
	{
		sessions.addElement(&socket);
		socket.setUserData(this);
		int at = sessions.indexOf(&socket);
		sessions[at]->setUserData(nullptr);
		sessions.remove(at);
	}
	void message(WebsocketConnection& socket, const String& text)
	{
		bool same = socket == *sessions[0];
		String answer = F("Answer: ") + text + String(unsigned(same));
		socket.broadcast(answer);
		socket.broadcast(answer.c_str(), answer.length());
		WebsocketConnection::broadcast(answer, WS_FRAME_TEXT);
		socket.send(answer);
		socket.send(answer.c_str(), answer.length(), WS_FRAME_BINARY);
		socket.send(new MemoryDataStream, WS_FRAME_TEXT, true, true);
		if(socket.getState() == eWSCS_Open && socket.getConnection() != nullptr) {
			socket.close();
		}
	}
	int mqttMessage(MqttClient&, mqtt_message_t* message)
	{
		Serial << MqttBuffer(message->publish.topic_name) << '=' << String(MqttBuffer(message->publish.content));
		return int(message->common.type) + message->puback.qos + message->suback.message_id;
	}
};
Handlers handlers;

void useServer()
{
	auto resource = new WebsocketResource();
	resource->setConnectionHandler(WebsocketDelegate(&Handlers::socketEvent, &handlers));
	resource->setMessageHandler(WebsocketMessageDelegate(&Handlers::message, &handlers));
	resource->setBinaryHandler([](WebsocketConnection& socket, uint8_t* data, size_t size) {
		socket.sendBinary(data, size);
		auto later = new SimpleTimer;
		later->setCallback([](void* self) { delete static_cast<SimpleTimer*>(self); }, later);
		later->startMs(1000);
	});
	resource->setPongHandler([](WebsocketConnection&) {});
	resource->setDisconnectionHandler([](WebsocketConnection&) { server.shutdown(); });
	server.addPath("/ws", resource);
	for(auto socket : WebsocketConnection::getActiveWebsockets()) {
		socket->sendString("x");
	}
}

void useClient()
{
	wsClient.setConnectionHandler([](WebsocketConnection&) { timer.initializeMs<1000>(useServer).startOnce(); });
	wsClient.setMessageHandler([](WebsocketConnection&, const String&) {});
	wsClient.setBinaryHandler(
		[](WebsocketConnection&, uint8_t* data, size_t size) { m_printHex(_F("binary"), data, size); });
	wsClient.setDisconnectionHandler([](WebsocketConnection&) {});
	wsClient.setSslInitHandler([](Ssl::Session& session) { session.options.verifyLater = true; });
	wsClient.connect(String(F("wss://host/path")));
	wsClient.sendPing(F("payload"));
	wsClient.sendPong();
	wsClient.sendString("text");
	wsClient.sendBinary(nullptr, 0);
	wsClient.close();
}

int payload(MqttPayloadParserState& state, mqtt_message_t*, const char* buffer, int length)
{
	if(length == MQTT_PAYLOAD_PARSER_START || length == MQTT_PAYLOAD_PARSER_END) {
		return 0;
	}
	return state.offset > MQTT_PAYLOAD_LENGTH ? -1 : int(buffer[0]);
}

void useMqtt()
{
	MqttDelegate delegate(&Handlers::mqttMessage, &handlers);
	mqtt.setEventHandler(MQTT_TYPE_PUBACK, delegate);
	mqtt.setEventHandler(MQTT_TYPE_DISCONNECT, nullptr);
	mqtt.setConnectedHandler([](MqttClient& client, mqtt_message_t*) {
		Serial << client.getRemoteIp() << endl;
		return 0;
	});
	mqtt.setPublishedHandler(delegate);
	mqtt.setMessageHandler(delegate);
	mqtt.setDisconnectHandler([](TcpClient&, bool) {});
	mqtt.setCompleteDelegate([](TcpClient&, bool) { timer.initializeMs<2 * 1000>(useMqtt).start(); });
	mqtt.setPayloadParser(payload);
	mqtt.setPayloadParser();
	mqtt.setKeepAlive(60);
	mqtt.setPingRepeatTime(20);
	mqtt.setWill(F("last/will"), F("gone"), MqttClient::getFlags(MQTT_QOS_AT_LEAST_ONCE, MQTT_RETAIN_TRUE));
	mqtt.setSslInitHandler([](Ssl::Session& session) {
		static const uint8_t bytes[1] = {0};
		session.keyCert.assign(bytes, sizeof(bytes), bytes, sizeof(bytes), nullptr);
	});
	Url url;
	url.Scheme = URI_SCHEME_MQTT_SECURE;
	url.Host = F("broker");
	if(mqtt.getConnectionState() != eTCS_Connected && !mqtt.isProcessing()) {
		mqtt.connect(url, "name");
	}
	mqtt.subscribe("topic/#");
	mqtt.unsubscribe(F("topic/#"));
	mqtt.publish("topic", "text");
	mqtt.publish(F("topic"), F("text"), MQTT_FLAG_RETAINED);
	mqtt.publish(F("topic"), new MemoryDataStream, MqttClient::getFlags(MQTT_QOS_AT_MOST_ONCE));
}
} // namespace

void init()
{
	// Named, so that no compiler leaves them out
	static void (*const uses[])() = {useServer, useClient, useMqtt};
	Serial << sizeof(uses) / sizeof(uses[0]) << endl;
	Serial.begin(COM_SPEED_SERIAL);
}
