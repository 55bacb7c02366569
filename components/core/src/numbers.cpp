#include "numberutil.h"
#include "stringutil.h"
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>

const char* numberToText(char (&buffer)[numberTextSize], unsigned long long value, bool negative, unsigned base,
						 unsigned width, char pad)
{
	if(base < 2 || base > 36) {
		base = 10;
	}
	if(width > 255) {
		width = 255;
	}
	char* const end = buffer + numberTextSize;
	char* place = end;
	do {
		unsigned digit = unsigned(value % base);
		value /= base;
		*--place = char(digit < 10 ? '0' + digit : 'a' + digit - 10);
	} while(value != 0);
	// Zeros stand between sign and digits, other padding before the sign
	bool signFirst = negative && pad == '0';
	if(negative && !signFirst) {
		*--place = '-';
	}
	size_t digits = width - (signFirst && width != 0 ? 1 : 0);
	while(size_t(end - place) < digits) {
		*--place = pad;
	}
	if(signFirst) {
		*--place = '-';
	}
	return place;
}

size_t floatToText(char (&buffer)[64], double value, unsigned decimalPlaces)
{
	const char* special = std::isnan(value) ? "nan" : (std::isinf(value) ? (value < 0 ? "-inf" : "inf") : nullptr);
	if(special != nullptr) {
		size_t length = strlen(special);
		memcpy(buffer, special, length + 1);
		return length;
	}
	if(decimalPlaces > 18) {
		decimalPlaces = 18;
	}
	// Fixed notation needs up to 309 digits for a double; beyond 64 bits an exponent says it better
	bool large = value >= 1e18 || value <= -1e18;
	int length = snprintf(buffer, sizeof(buffer), large ? "%.*e" : "%.*f", int(decimalPlaces), value);
	return length < 0 ? 0 : size_t(length);
}

#define NUMBER_CONSTRUCTOR(type, isNegative, magnitude)                                                                \
	String::String(type value, unsigned char base, unsigned char width, char pad) : String()                           \
	{                                                                                                                  \
		char buffer[numberTextSize];                                                                                   \
		const char* text = numberToText(buffer, magnitude, isNegative, base, width, pad);                              \
		assign(text, size_t(buffer + numberTextSize - text));                                                          \
	}
#define UNSIGNED_CONSTRUCTOR(type) NUMBER_CONSTRUCTOR(type, false, value)
// Negated after the conversion: the most negative number has no positive counterpart
#define SIGNED_CONSTRUCTOR(type)                                                                                       \
	NUMBER_CONSTRUCTOR(type, value < 0, value < 0 ? 0ULL - (unsigned long long)(value) : (unsigned long long)(value))

UNSIGNED_CONSTRUCTOR(unsigned char)
UNSIGNED_CONSTRUCTOR(unsigned short)
UNSIGNED_CONSTRUCTOR(unsigned)
UNSIGNED_CONSTRUCTOR(unsigned long)
UNSIGNED_CONSTRUCTOR(unsigned long long)
SIGNED_CONSTRUCTOR(short)
SIGNED_CONSTRUCTOR(int)
SIGNED_CONSTRUCTOR(long)
SIGNED_CONSTRUCTOR(long long)

String::String(float value, unsigned char decimalPlaces) : String(double(value), decimalPlaces)
{
}

String::String(double value, unsigned char decimalPlaces) : String()
{
	char buffer[64];
	assign(buffer, floatToText(buffer, value, decimalPlaces));
}

long String::toInt() const
{
	return strtol(c_str(), nullptr, 10);
}

float String::toFloat() const
{
	return float(strtod(c_str(), nullptr));
}

bool parseNumber(const char* text, size_t length, uint32_t maximum, uint32_t& value)
{
	if(text == nullptr || length == 0) {
		return false;
	}
	uint64_t number = 0;
	for(size_t i = 0; i < length; ++i) {
		if(text[i] < '0' || text[i] > '9') {
			return false;
		}
		number = number * 10 + uint64_t(text[i] - '0');
		if(number > maximum) {
			return false;
		}
	}
	value = uint32_t(number);
	return true;
}
