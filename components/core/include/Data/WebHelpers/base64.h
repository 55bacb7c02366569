/** Base64 with the standard alphabet and padding (RFC 4648 §4). */
#pragma once

#include <WString.h>
#include <cstddef>
#include <cstdint>

/** Text of some bytes, in one line; null when memory runs out. */
String base64_encode(const uint8_t* in, size_t in_len);

inline String base64_encode(const String& in)
{
	return base64_encode(reinterpret_cast<const uint8_t*>(in.c_str()), in.length());
}

/**
 * Bytes of a text. Line breaks, missing padding and other characters are refused.
 * @return null when the text is not base64 or memory runs out
 */
String base64_decode(const char* in, size_t in_len);

inline String base64_decode(const String& in)
{
	return base64_decode(in.c_str(), in.length());
}
