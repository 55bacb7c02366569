/** Small helpers for messages. Private. */
#pragma once

#include <Print.h>
#include <WString.h>
#include <cstdint>

namespace Ssl
{
/** "2026-11-22T07:30:00Z" (RFC 3339) from seconds since 1970; any int64_t within the years 0 to 9999. */
String timeToString(int64_t seconds);

/** Text of others, from a certificate or the network: control characters become '?', so that it cannot forge log lines. */
String printable(const char* text, size_t length);

} // namespace Ssl
