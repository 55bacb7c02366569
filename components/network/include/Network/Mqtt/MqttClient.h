/**
 * MqttClient: a client of MQTT 3.1.1, "mqtt://…" or, over TLS, "mqtts://…".
 *
 *     MqttClient mqtt;
 *     mqtt.setMessageHandler(onMessage);
 *     mqtt.connect(Url("mqtts://user:password@broker.local"), "device-1");
 *     mqtt.subscribe("main/status/#");
 *     mqtt.publish("main/temperature", "21.5", MqttClient::getFlags(MQTT_QOS_AT_LEAST_ONCE));
 *
 * **What is kept over connections.** Subscriptions are made anew with each connection unless the server kept them.
 * Messages with QoS 1 and 2 are kept until the server has acknowledged them, and are sent again (with DUP) after a
 * reconnection; see setCleanSession(). Up to MQTT_REQUEST_POOL_SIZE messages may wait for a connection or an
 * acknowledgement.
 *
 * **Ends.** The complete delegate is called once for every connection, with `successful` true when it ended in order.
 * connect() may be called from there, or setAutoReconnect() does it. A packet that is malformed, not expected or too
 * long ends the connection.
 */
#pragma once

#include "../TcpClient.h"
#include "../Url.h"
#include "MqttBuffer.h"
#include "MqttMessage.h"
#include "MqttPacketParser.h"
#include "MqttPayloadParser.h"
#include <BitManipulations.h>
#include <SimpleTimer.h>
#include <WHashMap.h>
#include <WVector.h>

/** Messages that may wait to be sent or acknowledged. */
#ifndef MQTT_REQUEST_POOL_SIZE
#ifdef ARCH_HOST
#define MQTT_REQUEST_POOL_SIZE 100
#else
#define MQTT_REQUEST_POOL_SIZE 10
#endif
#endif

/** Topic filters of a client. */
#ifndef MQTT_MAX_SUBSCRIPTIONS
#define MQTT_MAX_SUBSCRIPTIONS 32
#endif

/** Messages with QoS 2 that the server may have under way; brokers have a limit of about 20. */
#ifndef MQTT_MAX_INCOMING
#define MQTT_MAX_INCOMING 64
#endif

/** Seconds to wait for the answers to CONNECT and PINGREQ. */
#ifndef MQTT_ANSWER_TIMEOUT
#define MQTT_ANSWER_TIMEOUT 20
#endif

#define MQTT_FLAG_RETAINED 1 ///< in the flags of publish()

class MqttClient;

/** @return 0; anything else breaks the connection off, and a message is then not acknowledged */
using MqttDelegate = Delegate<int(MqttClient& client, mqtt_message_t* message)>;

class MqttClient : protected TcpClient
{
public:
	/**
	 * @param withDefaultPayloadParser keep the contents of messages for the handler, see MqttPayloadParser
	 * @param autoDestruct see TcpConnection
	 */
	explicit MqttClient(bool withDefaultPayloadParser = true, bool autoDestruct = false);
	~MqttClient() override;

	/** Seconds after which the server gives a silent client up; 0: never. 60 unless it is set; counts from the next connect(). */
	void setKeepAlive(uint16_t seconds);

	/** Seconds without traffic after which a PINGREQ is sent; at most the keep-alive time. 20 unless it is set. */
	void setPingRepeatTime(uint16_t seconds);

	/**
	 * What the server is to publish if this client is lost; before connect(). An empty topic: nothing.
	 * @param flags see getFlags()
	 * @return false when connected, or the topic or flags are not allowed
	 */
	bool setWill(const String& topic, const String& message, uint8_t flags = 0);

	/**
	 * Begin each connection without a session: the server forgets subscriptions and messages when it ends, and what it
	 * has not acknowledged is published as if for the first time. False unless it is set.
	 */
	void setCleanSession(bool clean)
	{
		cleanSession = clean;
	}

	/**
	 * Connect again after a connection was lost or could not be made, but not after disconnect() or a refusal.
	 * @param seconds until the first attempt, doubled with each that fails, up to 60; 0: off (unless it is set)
	 */
	void setAutoReconnect(uint16_t seconds)
	{
		reconnectTime = seconds;
		reconnectWait = seconds;
	}

	/**
	 * Connect to a server. A connection that exists is broken off.
	 * @param url "mqtt://user:password@server:port" or "mqtts://…"
	 * @param uniqueClientName empty: the server gives one, and keeps no session
	 * @return false when it was refused at once: no callback follows then
	 */
	bool connect(const Url& url, const String& uniqueClientName);

	/** End the connection in order: what was sent arrives, and the will is not published. */
	void disconnect();

	/**
	 * Publish a message.
	 * @param flags see getFlags()
	 * @return false when the topic is not allowed, too many messages wait, or there is no memory
	 */
	bool publish(const String& topic, const String& message, uint8_t flags = 0);

	/**
	 * Publish a stream.
	 * @param stream owned by the client in any case. It must know its size, and with QoS 1 or 2 be able to go back to
	 *        its beginning.
	 */
	bool publish(const String& topic, IDataSourceStream* stream, uint8_t flags = 0);

	/**
	 * Subscribe to a topic filter, now or as soon as there is a connection.
	 * @param qos that messages are delivered with at most
	 * @return false when the filter is not allowed, there are too many, or there is no memory
	 */
	bool subscribe(const String& topic, mqtt_qos_t qos = MQTT_QOS_AT_MOST_ONCE);

	/** Subscribe with a handler of its own: it gets the messages whose topic matches, in place of the message handler. */
	bool subscribe(const String& topic, MqttDelegate handler, mqtt_qos_t qos = MQTT_QOS_AT_MOST_ONCE);

	/** @return false when there is no such subscription */
	bool unsubscribe(const String& topic);

	/**
	 * Be told of packets: those that are received, and CONNECT and DISCONNECT when they are sent. MQTT_TYPE_PUBLISH
	 * is the message handler.
	 * @param handler nullptr: no more
	 */
	void setEventHandler(mqtt_type_t type, MqttDelegate handler);

	/** Who takes the contents of messages; nullptr: nobody, handlers see topics only. */
	void setPayloadParser(MqttPayloadParser payloadParser = nullptr)
	{
		this->payloadParser = payloadParser;
	}

	/** Flags of publish() and setWill(). */
	static uint8_t getFlags(mqtt_qos_t qos, mqtt_retain_t retain = MQTT_RETAIN_FALSE, mqtt_dup_t dup = MQTT_DUP_FALSE)
	{
		return uint8_t(retain | (qos << 1) | (dup << 3));
	}

	/** The server accepted or refused the connection: see connack.return_code. */
	void setConnectedHandler(MqttDelegate handler)
	{
		setEventHandler(MQTT_TYPE_CONNACK, handler);
	}
	/** The server has a message that was published with QoS 1 or 2. */
	void setPublishedHandler(MqttDelegate handler)
	{
		setEventHandler(MQTT_TYPE_PUBACK, handler);
		setEventHandler(MQTT_TYPE_PUBREC, handler);
	}
	void setMessageHandler(MqttDelegate handler)
	{
		setEventHandler(MQTT_TYPE_PUBLISH, handler);
	}
	void setDisconnectHandler(TcpClientCompleteDelegate handler)
	{
		TcpClient::setCompleteDelegate(handler);
	}

	/** True once the server accepted the connection. */
	bool isAccepted() const
	{
		return accepted;
	}

	/** Messages that wait to be sent or acknowledged. */
	unsigned getPendingCount() const
	{
		return outgoingCount;
	}

	using TcpClient::operator new;
	using TcpClient::operator delete;
	using TcpClient::getConnectionState;
	using TcpClient::getError;
	using TcpClient::getRemoteIp;
	using TcpClient::getRemotePort;
	using TcpClient::getSsl;
	using TcpClient::isProcessing;
	using TcpClient::setCompleteDelegate;
	using TcpClient::setSslInitHandler;

protected:
	void onReadyToSendData(TcpConnectionEvent sourceEvent) override;
	bool onReceive(char* data, size_t length) override;
	void onFinished(TcpClientState finishState) override;

private:
	using TcpClient::connect; // a client speaks MQTT from the first byte

	struct Outgoing;
	struct Subscription {
		String filter;
		MqttDelegate handler;
		uint16_t id = 0; ///< of the SUBSCRIBE under way
		mqtt_qos_t qos = MQTT_QOS_AT_MOST_ONCE;
		bool granted = false;
		bool removing = false; ///< the server is to be told that it is not wanted any more
	};

	static uint32_t clock();

	/* Connection */
	bool start();
	bool sendConnect();
	bool sendSimple(mqtt_type_t type);
	bool sendAcknowledge(mqtt_type_t type, uint16_t id);
	void giveUp(const char* why);
	void onTimer();
	void startTimer();

	/* What is published */
	Outgoing* enqueue(const String& topic, uint8_t flags);
	bool sendPublish(Outgoing& message);
	void sendPending();
	void release(Outgoing** place);
	Outgoing** find(uint16_t id, mqtt_qos_t qos);
	uint16_t makeId();
	bool isUsed(uint16_t id) const;

	/* Subscriptions */
	bool sendSubscribe(Subscription& subscription);
	bool sendUnsubscribe(const String& filter);
	bool sendSubscriptions();
	Subscription* findSubscription(const String& filter);

	/* What is received */
	bool handle(const MqttPacketParser::Item& item);
	bool handlePacket(const MqttPacketParser::Item& item);
	bool handleConnack(const MqttPacketParser::Item& item);
	bool handleSuback(const MqttPacketParser::Item& item);
	bool handleContents(const MqttPacketParser::Item& item);
	bool beginMessage(const MqttPacketParser::Item& item);
	bool endMessage(const MqttPacketParser::Item& item);
	bool deliver();
	bool parsePayload(const char* data, int length);
	void releaseMessage();
	bool call(mqtt_message_t& message);

	Url url;
	String clientName;
	String willTopic;
	String willMessage;
	HashMap<mqtt_type_t, MqttDelegate> eventHandlers;
	MqttPayloadParser payloadParser;
	MqttPayloadParserState payload{};
	MqttPacketParser parser;
	mqtt_message_t incoming{}; ///< the message under way
	Vector<Subscription> subscriptions;
	Vector<uint16_t> received; ///< identifiers of messages with QoS 2 that are not released yet
	Outgoing* outgoing = nullptr; ///< in order
	SimpleTimer timer;			  ///< every second while there is a connection; otherwise until the next one
	unsigned outgoingCount = 0;
	uint32_t lastSent = 0; ///< ms
	uint32_t waitingSince = 0; ///< ms, for an answer
	uint16_t keepAlive = 60;
	uint16_t pingRepeatTime = 20;
	uint16_t reconnectTime = 0;
	uint16_t reconnectWait = 0;
	uint16_t lastId = 0;
	uint8_t willFlags = 0;
	bool cleanSession = false;
	bool accepted = false;	///< CONNACK came
	bool awaiting = false;	///< an answer to CONNECT or PINGREQ
	bool repeated = false;	///< the message under way was delivered already
	bool inHandlers = false; ///< those of subscriptions are being called
	bool leaving = false;	///< do not connect again
};
