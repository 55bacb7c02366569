/** HttpServerSettings: how much an HttpServer takes on. */
#pragma once

#include "../Url.h"
#include "HttpCommon.h"
#include <cstddef>
#include <cstdint>

/**
 * Bytes of a request's body when neither the settings nor the resource say anything. Body parsers keep it in memory, and
 * have two copies of it for a moment as it grows: a chip has 40 to 80 KB of heap in all, and other connections need some.
 */
#ifndef HTTP_SERVER_MAX_BODY_SIZE
#ifdef ARCH_HOST
#define HTTP_SERVER_MAX_BODY_SIZE (64 * 1024)
#else
#define HTTP_SERVER_MAX_BODY_SIZE (8 * 1024)
#endif
#endif

/** Free heap that a new connection must find when the settings do not say: without TLS, and with it. */
#ifndef HTTP_SERVER_MIN_HEAP
#define HTTP_SERVER_MIN_HEAP 6144
#endif
#ifndef HTTP_SERVER_MIN_HEAP_SSL
#define HTTP_SERVER_MIN_HEAP_SSL 12288
#endif

/** Free heap that a request needs; a connection that finds less, its handshake done, is answered by 503. */
#ifndef HTTP_SERVER_REQUEST_HEAP
#define HTTP_SERVER_REQUEST_HEAP 3072
#endif

struct HttpServerSettings {
	/** Connections at once. One more takes the place of the longest idle one, or is refused (503); 0: no limit. */
	uint16_t maxActiveConnections = 10;

	/** How long a connection may wait for its next request; 0: one request each. */
	uint16_t keepAliveSeconds = 2;

	/**
	 * Free heap that a new connection must find: idle ones go for it, otherwise it is refused. -1: what
	 * HTTP_SERVER_MIN_HEAP and HTTP_SERVER_MIN_HEAP_SSL say.
	 */
	int minHeapSize = -1;

	/** Forms (application/x-www-form-urlencoded) fill request.postParams. */
	bool useDefaultBodyParsers = true;

	/** Close the connection after a body that its parser or resource refused. */
	bool closeOnContentError = true;

	/** For the head of a request, from its first byte, and from the beginning of the connection; then 408. */
	uint16_t headSeconds = 10;

	/**
	 * For the body of a request: these seconds and one more for each `minBodyRate` bytes; then 408. A resource for
	 * uploads over slow links may need more.
	 */
	uint16_t bodySeconds = 20;
	uint16_t minBodyRate = 500;

	/** How long a client may take no byte of a response. */
	uint16_t sendSeconds = 20;

	/** Characters of the request's target; longer ones are refused (414). At most URL_MAX_LENGTH. */
	uint16_t maxUrlLength = URL_MAX_LENGTH;

	/** Bytes of a request's body; larger ones are refused (413). See HttpResource::maxBodySize. */
	size_t maxBodySize = HTTP_SERVER_MAX_BODY_SIZE;
};
