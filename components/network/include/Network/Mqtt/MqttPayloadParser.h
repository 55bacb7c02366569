/**
 * MqttPayloadParser: takes the contents of messages that a server publishes, piece by piece. The one that is set
 * unless the application has its own keeps up to MQTT_PAYLOAD_LENGTH bytes for the handler.
 */
#pragma once

#include "MqttMessage.h"
#include <Delegate.h>

#define MQTT_PAYLOAD_PARSER_START -1 ///< `length`: a message begins; its topic is known
#define MQTT_PAYLOAD_PARSER_END -2	 ///< `length`: all of it was there

/** Bytes of a message's contents that are kept; the contents of a longer one are dropped, see defaultPayloadParser(). */
#ifndef MQTT_PAYLOAD_LENGTH
#ifdef ARCH_HOST
#define MQTT_PAYLOAD_LENGTH (256 * 1024)
#else
#define MQTT_PAYLOAD_LENGTH 1024
#endif
#endif

/** Where a parser is in the contents of a message. */
struct MqttPayloadParserState {
	void* userData;			///< for the application
	size_t offset;			///< bytes so far
	size_t total;			///< bytes of the message's contents
	uint8_t* buffer;		///< of the default parser
	bool dropped;			///< set: no handler is called for this message
};

/** @return 0; otherwise the connection is broken off and the message not acknowledged */
using MqttPayloadParser =
	Delegate<int(MqttPayloadParserState& state, mqtt_message_t* message, const char* buffer, int length)>;

/**
 * Keep the contents for the handler. A message that is too long is dropped with a warning and acknowledged nevertheless:
 * the server would send it again and again. When there is no memory for one with QoS 1 or 2, the connection is broken off
 * and the message not acknowledged, so that it comes again later; one with QoS 0 is dropped.
 */
int defaultPayloadParser(MqttPayloadParserState& state, mqtt_message_t* message, const char* buffer, int length);
