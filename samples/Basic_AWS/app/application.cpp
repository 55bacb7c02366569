/*
 * A thing of AWS IoT: MQTT over TLS, where both sides show a certificate.
 */
#include <Network/Mqtt/MqttBuffer.h>
#include <SmingCore.h>
#include <settings.h>

#ifdef KEY_FILE
IMPORT_FSTR_LOCAL(privateKey, KEY_FILE)
IMPORT_FSTR_LOCAL(certificate, CERTIFICATE_FILE)
#elif __has_include(<ssl/private_key.h>)
#include <ssl/cert.h>
#include <ssl/private_key.h>
#define HAVE_HEADERS 1
#endif

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

namespace
{
constexpr unsigned publishSeconds = 10;

MqttClient mqtt;
SimpleTimer publishTimer;

void initSession(Ssl::Session& session)
{
#ifdef KEY_FILE
	session.keyCert.assign(privateKey, certificate);
#elif defined(HAVE_HEADERS)
	session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
						   sizeof(default_certificate));
#endif
	if(!session.keyCert.isValid()) {
		Serial << _F("No key or certificate: see README.md") << endl;
	}
	if(AWS_PORT == 443) {
		session.alpnProtocols = F("x-amzn-mqtt-ca");
	}
}

void publishMessage()
{
	Serial << _F("Publish version") << endl;
	mqtt.publish(F("version"), F("ver.1.2"), MqttClient::getFlags(MQTT_QOS_AT_LEAST_ONCE));
}

int onConnect(MqttClient&, mqtt_message_t* message)
{
	Serial << _F("Connect: ") << MqttBuffer(message->connect.protocol_name) << _F(", client: ")
		   << MqttBuffer(message->connect.client_id) << endl;
	return 0;
}

int onAccepted(MqttClient&, mqtt_message_t* message)
{
	Serial << (message->connack.return_code == 0 ? _F("Accepted") : _F("Refused")) << endl;
	if(message->connack.return_code == 0) {
		publishMessage();
		publishTimer.initializeMs<publishSeconds * 1000>(publishMessage).start();
	}
	return 0;
}

int onAcknowledged(MqttClient&, mqtt_message_t* message)
{
	Serial << _F("Acknowledged: ") << message->puback.message_id << endl;
	return 0;
}

int onMessage(MqttClient&, mqtt_message_t* message)
{
	Serial << _F("Message: ") << MqttBuffer(message->publish.topic_name) << ": "
		   << MqttBuffer(message->publish.content) << endl;
	return 0;
}

void onEnd(TcpClient& client, bool)
{
	publishTimer.stop();
	auto ssl = client.getSsl();
	if(ssl != nullptr && ssl->getError() != Ssl::Error::none) {
		Serial << _F("TLS failed: ") << ssl->getErrorString() << endl;
	}
	Serial << _F("Disconnected") << endl; // and connecting again, see setAutoReconnect()
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	Serial << _F("Connected. Got IP: ") << ip << endl;
	mqtt.setEventHandler(MQTT_TYPE_CONNECT, onConnect);
	mqtt.setEventHandler(MQTT_TYPE_PUBACK, onAcknowledged);
	mqtt.setConnectedHandler(onAccepted);
	mqtt.setMessageHandler(onMessage);
	mqtt.setCompleteDelegate(onEnd);
	mqtt.setSslInitHandler(initSession);
	mqtt.setAutoReconnect(2);
	mqtt.subscribe(F("thing/fish/test"), MQTT_QOS_AT_LEAST_ONCE);
	mqtt.subscribe(F("$aws/things/" THING_NAME "/shadow/get/+"));

	Url url;
	url.Scheme = URI_SCHEME_MQTT_SECURE;
	url.Host = F(AWS_ENDPOINT);
	url.Port = AWS_PORT;
	mqtt.connect(url, F(THING_NAME));
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
