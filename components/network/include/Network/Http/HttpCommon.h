/**
 * What HTTP client and server share: methods, status codes, parser errors, limits.
 *
 * Methods and errors have the numbers of http-parser, which src/http/HttpParser.cpp checks at compile time.
 */
#pragma once

#include "../Url.h"
#include <WString.h>

/** Bytes of all headers of a message together; more ends the connection with HeaderOverflow. */
#ifndef HTTP_MAX_HEADER_SIZE
#define HTTP_MAX_HEADER_SIZE (8 * 1024)
#endif

/** Header fields of a message. */
#ifndef HTTP_MAX_HEADER_FIELDS
#define HTTP_MAX_HEADER_FIELDS 64
#endif

/** Connections an HttpClient keeps open, and requests that may wait for one of them. */
#ifndef HTTP_REQUEST_POOL_SIZE
#define HTTP_REQUEST_POOL_SIZE 20
#endif

/** X(number, name, text) */
#define SMING_HTTP_METHODS(XX)                                                                                         \
	XX(0, DELETE, "DELETE")                                                                                            \
	XX(1, GET, "GET")                                                                                                  \
	XX(2, HEAD, "HEAD")                                                                                                \
	XX(3, POST, "POST")                                                                                                \
	XX(4, PUT, "PUT")                                                                                                  \
	XX(5, CONNECT, "CONNECT")                                                                                          \
	XX(6, OPTIONS, "OPTIONS")                                                                                          \
	XX(7, TRACE, "TRACE")                                                                                              \
	XX(8, COPY, "COPY")                                                                                                \
	XX(9, LOCK, "LOCK")                                                                                                \
	XX(10, MKCOL, "MKCOL")                                                                                             \
	XX(11, MOVE, "MOVE")                                                                                               \
	XX(12, PROPFIND, "PROPFIND")                                                                                       \
	XX(13, PROPPATCH, "PROPPATCH")                                                                                     \
	XX(14, SEARCH, "SEARCH")                                                                                           \
	XX(15, UNLOCK, "UNLOCK")                                                                                           \
	XX(16, BIND, "BIND")                                                                                               \
	XX(17, REBIND, "REBIND")                                                                                           \
	XX(18, UNBIND, "UNBIND")                                                                                           \
	XX(19, ACL, "ACL")                                                                                                 \
	XX(20, REPORT, "REPORT")                                                                                           \
	XX(21, MKACTIVITY, "MKACTIVITY")                                                                                   \
	XX(22, CHECKOUT, "CHECKOUT")                                                                                       \
	XX(23, MERGE, "MERGE")                                                                                             \
	XX(24, MSEARCH, "M-SEARCH")                                                                                        \
	XX(25, NOTIFY, "NOTIFY")                                                                                           \
	XX(26, SUBSCRIBE, "SUBSCRIBE")                                                                                     \
	XX(27, UNSUBSCRIBE, "UNSUBSCRIBE")                                                                                 \
	XX(28, PATCH, "PATCH")                                                                                             \
	XX(29, PURGE, "PURGE")                                                                                             \
	XX(30, MKCALENDAR, "MKCALENDAR")                                                                                   \
	XX(31, LINK, "LINK")                                                                                               \
	XX(32, UNLINK, "UNLINK")                                                                                           \
	XX(33, SOURCE, "SOURCE")

/** X(number, name, reason phrase) (IANA HTTP Status Code Registry) */
#define SMING_HTTP_STATUSES(XX)                                                                                        \
	XX(100, CONTINUE, "Continue")                                                                                      \
	XX(101, SWITCHING_PROTOCOLS, "Switching Protocols")                                                                \
	XX(102, PROCESSING, "Processing")                                                                                  \
	XX(200, OK, "OK")                                                                                                  \
	XX(201, CREATED, "Created")                                                                                        \
	XX(202, ACCEPTED, "Accepted")                                                                                      \
	XX(203, NON_AUTHORITATIVE_INFORMATION, "Non-Authoritative Information")                                            \
	XX(204, NO_CONTENT, "No Content")                                                                                  \
	XX(205, RESET_CONTENT, "Reset Content")                                                                            \
	XX(206, PARTIAL_CONTENT, "Partial Content")                                                                        \
	XX(207, MULTI_STATUS, "Multi-Status")                                                                              \
	XX(208, ALREADY_REPORTED, "Already Reported")                                                                      \
	XX(226, IM_USED, "IM Used")                                                                                        \
	XX(300, MULTIPLE_CHOICES, "Multiple Choices")                                                                      \
	XX(301, MOVED_PERMANENTLY, "Moved Permanently")                                                                    \
	XX(302, FOUND, "Found")                                                                                            \
	XX(303, SEE_OTHER, "See Other")                                                                                    \
	XX(304, NOT_MODIFIED, "Not Modified")                                                                              \
	XX(305, USE_PROXY, "Use Proxy")                                                                                    \
	XX(307, TEMPORARY_REDIRECT, "Temporary Redirect")                                                                  \
	XX(308, PERMANENT_REDIRECT, "Permanent Redirect")                                                                  \
	XX(400, BAD_REQUEST, "Bad Request")                                                                                \
	XX(401, UNAUTHORIZED, "Unauthorized")                                                                              \
	XX(402, PAYMENT_REQUIRED, "Payment Required")                                                                      \
	XX(403, FORBIDDEN, "Forbidden")                                                                                    \
	XX(404, NOT_FOUND, "Not Found")                                                                                    \
	XX(405, METHOD_NOT_ALLOWED, "Method Not Allowed")                                                                  \
	XX(406, NOT_ACCEPTABLE, "Not Acceptable")                                                                          \
	XX(407, PROXY_AUTHENTICATION_REQUIRED, "Proxy Authentication Required")                                            \
	XX(408, REQUEST_TIMEOUT, "Request Timeout")                                                                        \
	XX(409, CONFLICT, "Conflict")                                                                                      \
	XX(410, GONE, "Gone")                                                                                              \
	XX(411, LENGTH_REQUIRED, "Length Required")                                                                        \
	XX(412, PRECONDITION_FAILED, "Precondition Failed")                                                                \
	XX(413, PAYLOAD_TOO_LARGE, "Payload Too Large")                                                                    \
	XX(414, URI_TOO_LONG, "URI Too Long")                                                                              \
	XX(415, UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")                                                          \
	XX(416, RANGE_NOT_SATISFIABLE, "Range Not Satisfiable")                                                            \
	XX(417, EXPECTATION_FAILED, "Expectation Failed")                                                                  \
	XX(421, MISDIRECTED_REQUEST, "Misdirected Request")                                                                \
	XX(422, UNPROCESSABLE_ENTITY, "Unprocessable Entity")                                                              \
	XX(423, LOCKED, "Locked")                                                                                          \
	XX(424, FAILED_DEPENDENCY, "Failed Dependency")                                                                    \
	XX(425, TOO_EARLY, "Too Early")                                                                                    \
	XX(426, UPGRADE_REQUIRED, "Upgrade Required")                                                                      \
	XX(428, PRECONDITION_REQUIRED, "Precondition Required")                                                            \
	XX(429, TOO_MANY_REQUESTS, "Too Many Requests")                                                                    \
	XX(431, REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large")                                        \
	XX(451, UNAVAILABLE_FOR_LEGAL_REASONS, "Unavailable For Legal Reasons")                                            \
	XX(500, INTERNAL_SERVER_ERROR, "Internal Server Error")                                                            \
	XX(501, NOT_IMPLEMENTED, "Not Implemented")                                                                        \
	XX(502, BAD_GATEWAY, "Bad Gateway")                                                                                \
	XX(503, SERVICE_UNAVAILABLE, "Service Unavailable")                                                                \
	XX(504, GATEWAY_TIMEOUT, "Gateway Timeout")                                                                        \
	XX(505, HTTP_VERSION_NOT_SUPPORTED, "HTTP Version Not Supported")                                                  \
	XX(506, VARIANT_ALSO_NEGOTIATES, "Variant Also Negotiates")                                                        \
	XX(507, INSUFFICIENT_STORAGE, "Insufficient Storage")                                                              \
	XX(508, LOOP_DETECTED, "Loop Detected")                                                                            \
	XX(510, NOT_EXTENDED, "Not Extended")                                                                              \
	XX(511, NETWORK_AUTHENTICATION_REQUIRED, "Network Authentication Required")

/** X(name), in the order of http-parser's numbers */
#define SMING_HTTP_ERRORS(XX)                                                                                          \
	XX(OK)                                                                                                             \
	XX(CB_message_begin)                                                                                               \
	XX(CB_url)                                                                                                         \
	XX(CB_header_field)                                                                                                \
	XX(CB_header_value)                                                                                                \
	XX(CB_headers_complete)                                                                                            \
	XX(CB_body)                                                                                                        \
	XX(CB_message_complete)                                                                                            \
	XX(CB_status)                                                                                                      \
	XX(CB_chunk_header)                                                                                                \
	XX(CB_chunk_complete)                                                                                              \
	XX(INVALID_EOF_STATE)                                                                                              \
	XX(HEADER_OVERFLOW)                                                                                                \
	XX(CLOSED_CONNECTION)                                                                                              \
	XX(INVALID_VERSION)                                                                                                \
	XX(INVALID_STATUS)                                                                                                 \
	XX(INVALID_METHOD)                                                                                                 \
	XX(INVALID_URL)                                                                                                    \
	XX(INVALID_HOST)                                                                                                   \
	XX(INVALID_PORT)                                                                                                   \
	XX(INVALID_PATH)                                                                                                   \
	XX(INVALID_QUERY_STRING)                                                                                           \
	XX(INVALID_FRAGMENT)                                                                                               \
	XX(LF_EXPECTED)                                                                                                    \
	XX(INVALID_HEADER_TOKEN)                                                                                           \
	XX(INVALID_CONTENT_LENGTH)                                                                                         \
	XX(UNEXPECTED_CONTENT_LENGTH)                                                                                      \
	XX(INVALID_CHUNK_SIZE)                                                                                             \
	XX(INVALID_CONSTANT)                                                                                               \
	XX(INVALID_INTERNAL_STATE)                                                                                         \
	XX(STRICT)                                                                                                         \
	XX(PAUSED)                                                                                                         \
	XX(UNKNOWN)                                                                                                        \
	XX(INVALID_TRANSFER_ENCODING)

/** Request method: HTTP_GET, HTTP_POST, … */
enum class HttpMethod : uint8_t {
#define XX(num, name, text) name = num,
	SMING_HTTP_METHODS(XX)
#undef XX
};

#define XX(num, name, text) constexpr HttpMethod HTTP_##name = HttpMethod::name;
SMING_HTTP_METHODS(XX)
#undef XX

/** Status code: HTTP_STATUS_OK, … Other three-digit numbers occur, too. */
enum class HttpStatus : uint16_t {
#define XX(num, name, text) name = num,
	SMING_HTTP_STATUSES(XX)
#undef XX
};

#define XX(num, name, text) constexpr HttpStatus HTTP_STATUS_##name = HttpStatus::name;
SMING_HTTP_STATUSES(XX)
#undef XX

/** What was wrong with a message: HPE_OK, HPE_INVALID_STATUS, … */
enum class HttpError : uint8_t {
#define XX(name) name,
	SMING_HTTP_ERRORS(XX)
#undef XX
};

#define XX(name) constexpr HttpError HPE_##name = HttpError::name;
SMING_HTTP_ERRORS(XX)
#undef XX

/** Where a connection is with its current request. */
enum HttpConnectionState {
	eHCS_Ready = 0,
	eHCS_StartSending,
	eHCS_SendingHeaders,
	eHCS_StartBody,
	eHCS_SendingBody,
	eHCS_Sent,
	eHCS_WaitResponse,
};

/** "GET" */
String toString(HttpMethod method);

/** Reason phrase; the number for a code without one. */
String toString(HttpStatus code);

inline String httpGetStatusText(unsigned code)
{
	return toString(HttpStatus(code));
}

/** Name as in this file: "INVALID_STATUS". */
String toString(HttpError error);

/** Sentence for people. */
String httpGetErrorDescription(HttpError error);
