/** Which broker this sample talks to, and as whom. */
#pragma once

/** "mqtt://user:password@host:port", or "mqtts://…" over TLS. */
#ifndef MQTT_URL
#ifdef ENABLE_SSL
#define MQTT_URL "mqtts://localhost:8883"
#else
#define MQTT_URL "mqtt://localhost:1883"
#endif
#endif

/** Name of this client: no other of the same broker may have it. */
#ifndef CLIENT_NAME
#define CLIENT_NAME "sming-hello"
#endif

/** Seconds between messages. */
#ifndef PUBLISH_INTERVAL
#define PUBLISH_INTERVAL 5
#endif

/** Seconds until a lost connection is made again. */
#ifndef RETRY_INTERVAL
#define RETRY_INTERVAL 2
#endif
