/*
 * A client of MQTT: says hello every few seconds, shows what it is told, and comes back when the broker was gone.
 */
#include <Network/Mqtt/MqttBuffer.h>
#include <SmingCore.h>
#include <settings.h>

#if defined(ENABLE_SSL) && __has_include(<ssl/private_key.h>)
#include <ssl/cert.h>
#include <ssl/private_key.h>
#define HAVE_CERTIFICATE 1
#endif

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

namespace
{
MqttClient mqtt;
SimpleTimer publishTimer;
SimpleTimer retryTimer;

void startClient();

void publishMessages()
{
	Serial.print(_F("Publishing, free memory: "));
	auto bytes = system_get_free_heap_size();
	if(bytes == UINT32_MAX) {
		// A PC: its option --heap gives it as little as a chip has
		Serial.println(_F("unlimited"));
	} else {
		Serial.println(bytes);
	}
	mqtt.publish(F("main/frameworks/sming"), F("Hello friends, from a small device :)"));
	if(!mqtt.publish(F("important/frameworks/sming"), F("Please acknowledge"),
					 MqttClient::getFlags(MQTT_QOS_AT_LEAST_ONCE))) {
		Serial << _F("Too much waits for an acknowledgement") << endl;
	}
}

int onAccepted(MqttClient& client, mqtt_message_t* message)
{
	auto code = message->connack.return_code;
	if(code != 0) {
		Serial << _F("The broker refuses us, code ") << code << endl;
		return 0;
	}
	Serial << _F("Connected to ") << client.getRemoteIp() << ':' << client.getRemotePort() << endl;
	publishMessages();
	publishTimer.initializeMs<PUBLISH_INTERVAL * 1000>(publishMessages).start();
	return 0;
}

int onAcknowledged(MqttClient&, mqtt_message_t* message)
{
	Serial << _F("Message ") << message->puback.message_id << _F(" with QoS ") << message->puback.qos
		   << _F(" was delivered") << endl;
	return 0;
}

int onMessage(MqttClient&, mqtt_message_t* message)
{
	Serial << _F("Received ") << MqttBuffer(message->publish.topic_name) << ": "
		   << MqttBuffer(message->publish.content) << endl;
	return 0;
}

void onEnd(TcpClient& client, bool successful)
{
	publishTimer.stop();
	auto ssl = client.getSsl();
	if(ssl != nullptr && ssl->getError() != Ssl::Error::none) {
		Serial << _F("TLS failed: ") << ssl->getErrorString() << endl;
	}
	Serial << (successful ? _F("The broker has gone") : _F("The broker cannot be reached")) << _F(", next try in ")
		   << RETRY_INTERVAL << _F(" s") << endl;
	retryTimer.initializeMs<RETRY_INTERVAL * 1000>(startClient).startOnce();
}

void startClient()
{
	// Published by the broker if we are lost
	mqtt.setWill(F("last/will"), F("The connection of this device is lost :("),
				 MqttClient::getFlags(MQTT_QOS_AT_LEAST_ONCE, MQTT_RETAIN_TRUE));
	Serial << _F("Connecting to ") << MQTT_URL << endl;
	if(!mqtt.connect(Url(MQTT_URL), CLIENT_NAME)) {
		Serial << _F("MQTT_URL is none of MQTT, or there is no memory") << endl;
	}
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	Serial << _F("Connected. Got IP: ") << ip << endl;
	mqtt.setConnectedHandler(onAccepted);
	mqtt.setEventHandler(MQTT_TYPE_PUBACK, onAcknowledged);
	mqtt.setMessageHandler(onMessage);
	mqtt.setCompleteDelegate(onEnd);
#ifdef HAVE_CERTIFICATE
	// For brokers that ask who we are. Whom we trust is said by TRUST_ANCHORS= of the build
	mqtt.setSslInitHandler([](Ssl::Session& session) {
		session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
							   sizeof(default_certificate));
	});
#endif
	mqtt.subscribe(F("main/status/#")); // with every connection
	startClient();
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);

	WifiEvents.onStationGotIP(gotIP);
	WifiStation.enable(true);
	WifiStation.config(WIFI_SSID, WIFI_PWD);
}
