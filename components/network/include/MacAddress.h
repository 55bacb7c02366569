/** MacAddress: the six octets of an IEEE 802 hardware address. */
#pragma once

#include <Print.h>
#include <Printable.h>
#include <WString.h>
#include <cstdint>
#include <cstring>

class MacAddress : public Printable
{
	using BoolType = void (MacAddress::*)() const;
	void trueTag() const
	{
	}

public:
	using Octets = uint8_t[6];

	/** 00:00:00:00:00:00, which tests false. */
	MacAddress() = default;

	MacAddress(const Octets& octets)
	{
		setOctets(octets);
	}

	/** Twelve hexadecimal digits, in pairs that may be separated by one ':', '-' or '.'. Anything else gives the null address. */
	MacAddress(const String& text);

	void getOctets(Octets& octets) const
	{
		memcpy(octets, this->octets, sizeof(this->octets));
	}

	void setOctets(const Octets& octets)
	{
		memcpy(this->octets, octets, sizeof(this->octets));
	}

	/** Octet 0 to 5. Any other index is a fault of the program and stops it. */
	uint8_t operator[](unsigned index) const;
	uint8_t& operator[](unsigned index);

	/** Lower-case pairs of digits. @param separator between them; '\0': none */
	String toString(char separator = ':') const;

	bool operator==(const MacAddress& other) const
	{
		return memcmp(octets, other.octets, sizeof(octets)) == 0;
	}
	bool operator!=(const MacAddress& other) const
	{
		return !(*this == other);
	}

	bool operator!() const
	{
		return *this == MacAddress();
	}
	operator BoolType() const
	{
		return !*this ? nullptr : &MacAddress::trueTag;
	}

	void clear()
	{
		memset(octets, 0, sizeof(octets));
	}

	/** A number that differs for most addresses (FNV-1a). */
	uint32_t getHash() const;

	size_t printTo(Print& p) const override
	{
		return p.print(toString());
	}

private:
	Octets octets = {0, 0, 0, 0, 0, 0};
};

inline String toString(const MacAddress& address)
{
	return address.toString();
}

/** No address. */
#define MACADDR_NONE MacAddress()
