/**
 * Packets of MQTT 3.1.1 as applications see them, under the names that Sming has for them.
 *
 * Which member of mqtt_message_t counts is told by common.type, which all of them begin with.
 */
#pragma once

#include <cstddef>
#include <cstdint>

/** Type of a packet (MQTT 3.1.1 §2.2.1). */
enum mqtt_type_t : uint8_t {
	MQTT_TYPE_CONNECT = 1,
	MQTT_TYPE_CONNACK = 2,
	MQTT_TYPE_PUBLISH = 3,
	MQTT_TYPE_PUBACK = 4,
	MQTT_TYPE_PUBREC = 5,
	MQTT_TYPE_PUBREL = 6,
	MQTT_TYPE_PUBCOMP = 7,
	MQTT_TYPE_SUBSCRIBE = 8,
	MQTT_TYPE_SUBACK = 9,
	MQTT_TYPE_UNSUBSCRIBE = 10,
	MQTT_TYPE_UNSUBACK = 11,
	MQTT_TYPE_PINGREQ = 12,
	MQTT_TYPE_PINGRESP = 13,
	MQTT_TYPE_DISCONNECT = 14,
};

/** Quality of service (§4.3). */
enum mqtt_qos_t : uint8_t {
	MQTT_QOS_AT_MOST_ONCE = 0,
	MQTT_QOS_AT_LEAST_ONCE = 1,
	MQTT_QOS_EXACTLY_ONCE = 2,
};

/** Whether the server keeps a message for those who subscribe later. */
enum mqtt_retain_t : uint8_t {
	MQTT_RETAIN_FALSE = 0,
	MQTT_RETAIN_TRUE = 1,
};

/** Whether a message may have been sent before. */
enum mqtt_dup_t : uint8_t {
	MQTT_DUP_FALSE = 0,
	MQTT_DUP_TRUE = 1,
};

/** In SUBACK: the server refused the subscription (§3.9.3). */
constexpr uint8_t MQTT_SUBSCRIPTION_REFUSED = 0x80;

/** Bytes with their length; not terminated. Valid while the handler runs that was given them. */
struct mqtt_buffer_t {
	uint32_t length;
	uint8_t* data;
};

/** What all packets have. */
struct mqtt_common_t {
	mqtt_retain_t retain;
	mqtt_qos_t qos; ///< in PUBACK 1, in PUBREC and PUBCOMP 2: what the message was sent with
	mqtt_dup_t dup;
	mqtt_type_t type;
	size_t length; ///< bytes behind the fixed header
};

/** CONNECT (§3.1). */
struct mqtt_connect_t : mqtt_common_t {
	mqtt_buffer_t protocol_name;
	uint8_t protocol_version;
	uint16_t keep_alive; ///< seconds
	mqtt_buffer_t client_id;
};

/** CONNACK (§3.2). */
struct mqtt_connack_t : mqtt_common_t {
	uint8_t session_present; ///< the server kept the session of an earlier connection
	uint8_t return_code;	 ///< 0: accepted; others: §3.2.2.3
};

/** PUBLISH (§3.3). */
struct mqtt_publish_t : mqtt_common_t {
	mqtt_buffer_t topic_name;
	uint16_t message_id; ///< 0 with QoS 0
	mqtt_buffer_t content;
};

/** PUBACK, PUBREC, PUBREL, PUBCOMP, UNSUBACK. */
struct mqtt_acknowledge_t : mqtt_common_t {
	uint16_t message_id;
};

/** SUBACK (§3.9), for one of the filters that were asked for. */
struct mqtt_suback_t : mqtt_acknowledge_t {
	uint8_t return_code; ///< QoS that was granted, or MQTT_SUBSCRIPTION_REFUSED
	mqtt_buffer_t topic_name; ///< the filter that was asked for
};

union mqtt_message_t {
	mqtt_common_t common;
	mqtt_connect_t connect;
	mqtt_connack_t connack;
	mqtt_publish_t publish;
	mqtt_acknowledge_t puback;
	mqtt_acknowledge_t pubrec;
	mqtt_acknowledge_t pubrel;
	mqtt_acknowledge_t pubcomp;
	mqtt_suback_t suback;
	mqtt_acknowledge_t unsuback;
	mqtt_common_t pingresp;
	mqtt_common_t disconnect;
};
