/**
 * Helpers for text: hex digits, searching in bytes, and toString() for numbers and flags.
 */
#pragma once

#include "WString.h"

/** Hex digit of the low 4 bits, lower case. */
inline char hexchar(uint8_t digit)
{
	digit &= 0x0F;
	return char(digit < 10 ? '0' + digit : 'a' + digit - 10);
}

/** Value of a hex digit; -1 (0xFF as Sming's unsigned char) for anything else. */
inline signed char unhex(char c)
{
	if(c >= '0' && c <= '9') {
		return static_cast<signed char>(c - '0');
	}
	c = char(c | 0x20);
	return (c >= 'a' && c <= 'f') ? static_cast<signed char>(c - 'a' + 10) : static_cast<signed char>(-1);
}

/** First place of `needle` in `haystack`, letter case ignored (A-Z); nullptr when there is none. */
const char* strstri(const char* haystack, const char* needle);
/** First place of one block of bytes in another; nullptr when there is none. An empty needle is found at once. */
const void* findBytes(const void* haystack, size_t length, const void* needle, size_t needleLength);
/** Compare without regard to case (A-Z): 0 when equal, else the sign of the first difference. */
int compareIgnoreCase(const char* a, const char* b, size_t length);

/**
 * Read an unsigned decimal number that fills the text completely.
 * @param maximum largest value allowed
 * @return false when there is no digit, something else than digits, or too large a value; `value` is then unchanged
 */
bool parseNumber(const char* text, size_t length, uint32_t maximum, uint32_t& value);

inline String toString(bool value)
{
	return value ? "true" : "false";
}
inline String toString(int value)
{
	return String(value);
}
inline String toString(unsigned value)
{
	return String(value);
}
inline String toString(long value)
{
	return String(value);
}
inline String toString(unsigned long value)
{
	return String(value);
}
inline String toString(long long value)
{
	return String(value);
}
inline String toString(unsigned long long value)
{
	return String(value);
}
inline String toString(float value)
{
	return String(value);
}
inline String toString(double value)
{
	return String(value);
}
inline String toString(const char* text)
{
	return text;
}
inline const String& toString(const String& text)
{
	return text;
}
