/** Percent encoding of URLs and forms (RFC 3986 §2.1, WHATWG URL §5). */
#pragma once

#include <WString.h>

/**
 * Encode everything but the unreserved characters A-Z a-z 0-9 - . _ ~ (RFC 3986 §2.3).
 * @param keep further characters to leave as they are, nullptr: none
 * @return null String when memory ran out
 */
String uri_escape(const char* src, size_t length, const char* keep = nullptr);

inline String uri_escape(const String& src)
{
	return uri_escape(src.c_str(), src.length());
}

/**
 * The same into a buffer, cut at the last whole character that fits, with a NUL behind it.
 * @param src_len -1: up to its NUL
 * @return `dest`
 */
char* uri_escape(char* dest, size_t dest_len, const char* src, int src_len = -1);

/**
 * Decode %XX. A '%' that is not followed by two hexadecimal digits is left alone.
 * @param plusIsSpace decode '+' as a space, as forms and queries have it
 * @return null String when memory ran out
 */
String uri_unescape(const char* src, size_t length, bool plusIsSpace = true);

inline String uri_unescape(const String& src)
{
	return uri_unescape(src.c_str(), src.length());
}

/** Decode in place, which needs no memory. @return `str` */
String& uri_unescape_inplace(String& str);

/** Decode `length` characters in place. @return the new length; no NUL is added */
size_t uri_unescape_inplace(char* text, size_t length, bool plusIsSpace = true);

/** Decode into a buffer. @param src_len -1: up to its NUL @return `dest`, with a NUL */
char* uri_unescape(char* dest, size_t dest_len, const char* src, int src_len = -1);
