/* MqttClient: connecting, staying connected, and the end. */
#include "Outgoing.h"
#include "packets.h"
#include "topics.h"
#include <debug_progmem.h>
#include <hal.h>

namespace
{
constexpr uint16_t longestWait = 60; // seconds between attempts to connect

void wipe(String& text)
{
	Memory::wipe(text.begin(), text.length());
	text = nullptr;
}

mqtt_buffer_t bufferOf(const String& text)
{
	// Handlers get it as not const, as Sming has it, and must not change it
	return {uint32_t(text.length()), reinterpret_cast<uint8_t*>(const_cast<char*>(text.c_str()))};
}

} // namespace

MqttClient::MqttClient(bool withDefaultPayloadParser, bool autoDestruct) : TcpClient(autoDestruct)
{
	if(withDefaultPayloadParser) {
		payloadParser = defaultPayloadParser;
	}
	timer.setCallback([](void* arg) { static_cast<MqttClient*>(arg)->onTimer(); }, this);
}

MqttClient::~MqttClient()
{
	releaseMessage();
	while(outgoing != nullptr) {
		release(&outgoing);
	}
	wipe(url.Password);
}

uint32_t MqttClient::clock()
{
	return uint32_t(hal_time_us() / 1000);
}

void MqttClient::setKeepAlive(uint16_t seconds)
{
	keepAlive = seconds;
	if(seconds != 0 && seconds < pingRepeatTime) {
		pingRepeatTime = seconds;
	}
}

void MqttClient::setPingRepeatTime(uint16_t seconds)
{
	pingRepeatTime = (keepAlive != 0 && seconds > keepAlive) ? keepAlive : seconds;
}

void MqttClient::setEventHandler(mqtt_type_t type, MqttDelegate handler)
{
	if(!handler) {
		eventHandlers.remove(type);
	} else if(!eventHandlers.set(type, handler)) {
		debug_e("MQTT: no memory for a handler");
	}
}

bool MqttClient::setWill(const String& topic, const String& message, uint8_t flags)
{
	bool allowed = topic.isEmpty() || (Mqtt::isTopicName(topic) && message.length() <= 65535 && !message.isFailed() &&
									   ((flags >> 1) & 3) <= MQTT_QOS_EXACTLY_ONCE);
	if(accepted || !allowed) {
		debug_e("MQTT: the will must be set before connecting, with a topic that can be published to");
		return false;
	}
	willTopic = topic;
	willMessage = message;
	willFlags = flags;
	return !willTopic.isFailed() && !willMessage.isFailed();
}

bool MqttClient::connect(const Url& newUrl, const String& uniqueClientName)
{
	auto scheme = newUrl.getScheme();
	if((scheme != URI_SCHEME_MQTT && scheme != URI_SCHEME_MQTT_SECURE) || newUrl.Host.isEmpty()) {
		debug_e("MQTT: the URL must begin with mqtt:// or mqtts://");
		return false;
	}
	if(!Mqtt::isText(uniqueClientName) || !Mqtt::isText(newUrl.User) || newUrl.Password.length() > 65535) {
		debug_e("MQTT: a name is too long or no UTF-8");
		return false;
	}
	if(isProcessing()) {
		Scope scope(*this, Scope::Kind::call);
		leaving = true;
		TcpClient::close();
		if(!scope.isAlive()) {
			return false;
		}
	}
	if(&newUrl != &url) {
		wipe(url.Password);
		url = newUrl;
	}
	clientName = uniqueClientName;
	if(clientName.isFailed() || url.Host.isFailed() || url.User.isFailed() || url.Password.isFailed()) {
		return false;
	}
	reconnectWait = reconnectTime;
	return start();
}

bool MqttClient::start()
{
	leaving = false;
	timer.stop();
	return TcpClient::connect(url.Host, url.getPort(), url.getScheme() == URI_SCHEME_MQTT_SECURE);
}

void MqttClient::disconnect()
{
	leaving = true;
	timer.stop();
	if(!isProcessing()) {
		return;
	}
	Scope scope(*this, Scope::Kind::call);
	if(accepted && sendSimple(MQTT_TYPE_DISCONNECT)) {
		accepted = false; // nothing may follow (§3.14.4)
		mqtt_message_t message{};
		message.common.type = MQTT_TYPE_DISCONNECT;
		call(message);
		if(scope.isCurrent()) {
			setTimeOut(MQTT_ANSWER_TIMEOUT);
			TcpClient::send(nullptr, 0, true);
		}
		return;
	}
	TcpClient::close();
}

bool MqttClient::sendSimple(mqtt_type_t type)
{
	char packet[2];
	Mqtt::writeSimple(packet, type);
	lastSent = clock();
	return send(packet, sizeof(packet));
}

bool MqttClient::sendAcknowledge(mqtt_type_t type, uint16_t id)
{
	if(!accepted) {
		return true; // after DISCONNECT nothing may follow (§3.14.4)
	}
	char packet[4];
	Mqtt::writeAcknowledge(packet, type, id);
	lastSent = clock();
	return send(packet, sizeof(packet));
}

/* The first packet of a connection (§3.1). May call back. @return false when the connection is of no use */
bool MqttClient::sendConnect()
{
	parser.reset();
	accepted = false;
	// Without a name there is nothing that a session could be kept for (§3.1.3.1)
	bool clean = cleanSession || clientName.isEmpty();
	Mqtt::Connect packet{clientName,  url.User, url.Password, willTopic, willMessage, willFlags,
						 clean, keepAlive};
	if(!send(packet.write(nullptr), [&packet](char* buffer) { packet.write(buffer); })) {
		return false;
	}
	setTimeOut(USHRT_MAX); // from here on the timer judges
	lastSent = waitingSince = clock();
	awaiting = true;
	timer.setIntervalMs<1000>();
	timer.start();

	mqtt_message_t message{};
	message.common.type = MQTT_TYPE_CONNECT;
	String name("MQTT");
	String client(clientName); // the handler may give it another one
	message.connect.protocol_name = bufferOf(name);
	message.connect.protocol_version = 4;
	message.connect.keep_alive = keepAlive;
	message.connect.client_id = bufferOf(client);
	return call(message);
}

void MqttClient::onReadyToSendData(TcpConnectionEvent sourceEvent)
{
	Scope scope(*this, Scope::Kind::call);
	if(sourceEvent == eTCE_Connected && !sendConnect()) {
		if(scope.isCurrent()) {
			giveUp("CONNECT was not sent");
		}
		return;
	}
	if(!scope.isCurrent()) {
		return;
	}
	sendPending();
	TcpClient::onReadyToSendData(sourceEvent);
}

void MqttClient::giveUp(const char* why)
{
	debug_w("MQTT: %s", why);
	fail();
}

/* Every second while there is a connection; otherwise it is time for the next one. */
void MqttClient::onTimer()
{
	if(!isProcessing()) {
		if(!leaving && !start()) {
			startTimer();
		}
		return;
	}
	Scope scope(*this, Scope::Kind::event);
	auto now = clock();
	if(awaiting && now - waitingSince >= MQTT_ANSWER_TIMEOUT * 1000u) {
		giveUp("the server does not answer");
	} else if(accepted && keepAlive != 0 && !awaiting && now - lastSent >= pingRepeatTime * 1000u) {
		awaiting = sendSimple(MQTT_TYPE_PINGREQ);
		waitingSince = now;
	}
}

/* Wait for the next attempt to connect. */
void MqttClient::startTimer()
{
	if(reconnectWait == 0) {
		return;
	}
	timer.setIntervalMs(reconnectWait * 1000u);
	timer.startOnce();
	reconnectWait = (reconnectWait < longestWait / 2) ? uint16_t(reconnectWait * 2) : longestWait;
}

void MqttClient::onFinished(TcpClientState finishState)
{
	timer.stop();
	accepted = awaiting = false;
	releaseMessage();
	// What was not acknowledged is sent again, in order (§4.4)
	for(auto place = &outgoing; *place != nullptr;) {
		auto& message = **place;
		if(message.stage == Outgoing::Stage::released) {
			message.sent = false;
		} else {
			message.stage = Outgoing::Stage::waiting;
		}
		place = &message.next;
	}
	for(auto& subscription : subscriptions) {
		subscription.id = 0;
	}
	Scope scope(*this, Scope::Kind::call);
	TcpClient::onFinished(finishState);
	if(scope.isCurrent() && !isProcessing() && !leaving) {
		startTimer();
	}
}

bool MqttClient::call(mqtt_message_t& message)
{
	auto function = static_cast<const decltype(eventHandlers)&>(eventHandlers)[message.common.type];
	if(!function) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	int result = function(*this, &message);
	return scope.isCurrent() && result == 0;
}
