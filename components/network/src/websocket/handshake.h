/** The opening handshake of WebSocket (RFC 6455 §4), as far as it is text. */
#pragma once

#include <WString.h>

namespace Websocket
{
/** A new Sec-WebSocket-Key: 16 random bytes in base64; null when there is no randomness or memory. */
String makeKey();

/** True for a Sec-WebSocket-Key as §4.1 wants it. */
bool isKey(const String& key);

/** Sec-WebSocket-Accept for a key (§4.2.2); null when memory runs out. */
String acceptFor(const String& key);

/** True if a list "a, b" has an element, regardless of case. */
bool hasToken(const String& list, const char* token);

/** First element of `ours` that is also in `theirs`, both lists by commas; null if there is none. */
String firstShared(const String& ours, const String& theirs);

/** True if a request from a page may come in: no Origin, or one with the host that the request is for (§10.2). */
bool isSameOrigin(const String& origin, const String& host);

} // namespace Websocket
