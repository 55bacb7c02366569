/**
 * IpAddress: an IPv4 address.
 *
 * As a number it has its first octet in the lowest byte, whatever the machine (so that it equals the "network
 * order" value of lwIP and of Sming on little-endian chips).
 */
#pragma once

#include <Print.h>
#include <WString.h>
#include <cstddef>
#include <cstdint>

class IpAddress
{
public:
	/** 0.0.0.0, see isNull(). */
	IpAddress() = default;

	IpAddress(uint8_t first, uint8_t second, uint8_t third, uint8_t fourth) : octets{first, second, third, fourth}
	{
	}

	IpAddress(uint32_t address)
		: octets{uint8_t(address), uint8_t(address >> 8), uint8_t(address >> 16), uint8_t(address >> 24)}
	{
	}

	/** @param address four octets */
	IpAddress(const uint8_t* address) : octets{address[0], address[1], address[2], address[3]}
	{
	}

	/** Dotted decimal as parse() takes it. Anything else gives 0.0.0.0. */
	IpAddress(const String& address)
	{
		fromString(address);
	}

	/**
	 * Strict dotted decimal: four numbers 0-255 in 1-3 digits, no leading zeros (they would read as octal
	 * elsewhere, RFC 6943 §3.1.1), nothing around them.
	 * @return false when `text` is anything else; `octets` is then not changed
	 */
	static bool parse(const char* text, size_t length, uint8_t (&octets)[4]);

	/** True if `text` is what parse() takes. */
	static bool isValid(const String& text)
	{
		uint8_t ignored[4];
		return parse(text.c_str(), text.length(), ignored);
	}

	operator uint32_t() const
	{
		return octets[0] | uint32_t(octets[1]) << 8 | uint32_t(octets[2]) << 16 | uint32_t(octets[3]) << 24;
	}

	bool operator==(const IpAddress& other) const
	{
		return uint32_t(*this) == uint32_t(other);
	}
	bool operator!=(const IpAddress& other) const
	{
		return !(*this == other);
	}
	bool operator==(const uint8_t* address) const
	{
		return *this == IpAddress(address);
	}
	bool operator!=(const uint8_t* address) const
	{
		return *this != IpAddress(address);
	}

	/** True for 0.0.0.0: no address. */
	bool isNull() const
	{
		return uint32_t(*this) == 0;
	}

	/** True if both lie in the same network under `mask`. */
	bool compare(const IpAddress& address, const IpAddress& mask) const
	{
		return ((uint32_t(*this) ^ uint32_t(address)) & uint32_t(mask)) == 0;
	}

	/** Octet 0 (leftmost) to 3. Any other index is a fault of the program and stops it. */
	uint8_t operator[](int index) const;
	uint8_t& operator[](int index);

	IpAddress& operator=(const uint8_t* address)
	{
		return *this = IpAddress(address);
	}
	IpAddress& operator=(uint32_t address)
	{
		return *this = IpAddress(address);
	}
	IpAddress& operator=(const String& address)
	{
		fromString(address);
		return *this;
	}

	/** "192.0.2.1" */
	String toString() const;

	size_t printTo(Print& p) const;

private:
	void fromString(const String& address);

	uint8_t octets[4] = {0, 0, 0, 0};
};

inline String toString(const IpAddress& address)
{
	return address.toString();
}

using IPAddress = IpAddress; ///< older spelling

/** No address. */
#define INADDR_NONE IpAddress()
