/**
 * HttpHeaderFields: names of header fields as small numbers, for names that are common (in flash) and for any
 * other (kept in the object). Names are compared without regard to case (RFC 9110 §5.1).
 */
#pragma once

#include <Data/CStringArray.h>
#include <WString.h>

/** X(tag, name, may stand in a message several times) */
#define HTTP_HEADER_FIELDNAME_MAP(XX)                                                                                  \
	XX(ACCEPT, "Accept", false)                                                                                        \
	XX(ACCEPT_ENCODING, "Accept-Encoding", false)                                                                      \
	XX(ACCESS_CONTROL_ALLOW_ORIGIN, "Access-Control-Allow-Origin", false)                                              \
	XX(AUTHORIZATION, "Authorization", false)                                                                          \
	XX(CC, "Cc", false)                                                                                                \
	XX(CONNECTION, "Connection", false)                                                                                \
	XX(CONTENT_DISPOSITION, "Content-Disposition", false)                                                              \
	XX(CONTENT_ENCODING, "Content-Encoding", false)                                                                    \
	XX(CONTENT_LENGTH, "Content-Length", false)                                                                        \
	XX(CONTENT_TYPE, "Content-Type", false)                                                                            \
	XX(CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding", false)                                                  \
	XX(CACHE_CONTROL, "Cache-Control", false)                                                                          \
	XX(DATE, "Date", false)                                                                                            \
	XX(EXPECT, "Expect", false)                                                                                        \
	XX(ETAG, "ETag", false)                                                                                            \
	XX(FROM, "From", false)                                                                                            \
	XX(HOST, "Host", false)                                                                                            \
	XX(IF_MATCH, "If-Match", false)                                                                                    \
	XX(IF_MODIFIED_SINCE, "If-Modified-Since", false)                                                                  \
	XX(IF_NONE_MATCH, "If-None-Match", false)                                                                          \
	XX(LAST_MODIFIED, "Last-Modified", false)                                                                          \
	XX(LOCATION, "Location", false)                                                                                    \
	XX(SEC_WEBSOCKET_ACCEPT, "Sec-WebSocket-Accept", false)                                                            \
	XX(SEC_WEBSOCKET_VERSION, "Sec-WebSocket-Version", false)                                                          \
	XX(SEC_WEBSOCKET_KEY, "Sec-WebSocket-Key", false)                                                                  \
	XX(SEC_WEBSOCKET_PROTOCOL, "Sec-WebSocket-Protocol", false)                                                        \
	XX(SERVER, "Server", false)                                                                                        \
	XX(SET_COOKIE, "Set-Cookie", true)                                                                                 \
	XX(SUBJECT, "Subject", false)                                                                                      \
	XX(TO, "To", false)                                                                                                \
	XX(TRANSFER_ENCODING, "Transfer-Encoding", false)                                                                  \
	XX(UPGRADE, "Upgrade", false)                                                                                      \
	XX(USER_AGENT, "User-Agent", false)                                                                                \
	XX(WWW_AUTHENTICATE, "WWW-Authenticate", true)                                                                     \
	XX(PROXY_AUTHENTICATE, "Proxy-Authenticate", true)

/** HTTP_HEADER_CONTENT_TYPE, … Numbers from CUSTOM on belong to one object. */
enum class HttpHeaderFieldName : uint8_t {
	UNKNOWN = 0,
#define XX(tag, name, multi) tag,
	HTTP_HEADER_FIELDNAME_MAP(XX)
#undef XX
	CUSTOM, ///< first name that is not in the table
};

#define XX(tag, name, multi) constexpr HttpHeaderFieldName HTTP_HEADER_##tag = HttpHeaderFieldName::tag;
XX(UNKNOWN, "", false)
HTTP_HEADER_FIELDNAME_MAP(XX)
XX(CUSTOM, "", false)
#undef XX

class HttpHeaderFields
{
public:
	/** True for fields whose values must stay apart (RFC 9110 §5.3). */
	static bool isMultiValue(HttpHeaderFieldName name);

	/** Name as it is sent. */
	String toString(HttpHeaderFieldName name) const;

	/** "Name: value" with CR LF; one line for each value of a field that has several (they are separated by NUL). */
	static String toString(const String& name, const String& value);
	String toString(HttpHeaderFieldName name, const String& value) const
	{
		return toString(toString(name), value);
	}

	/** Number of a name, UNKNOWN if it is neither in the table nor in this object. */
	HttpHeaderFieldName fromString(const String& name) const;

	/** Number of a name, made if necessary; UNKNOWN when memory or numbers run out. */
	HttpHeaderFieldName findOrCreate(const String& name);

	/** True for a token of RFC 9110 §5.6.2, what a name has to be. */
	static bool isValidName(const String& name);

	/** True if there is no CR, LF or NUL in it, by which a value could become a header of its own. */
	static bool isValidValue(const String& value);

	void clear()
	{
		customFieldNames.clear();
	}

private:
	CStringArray customFieldNames;
};
