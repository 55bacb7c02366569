#include "tests.h"

namespace
{
void testIpAddress()
{
	Check::group("IpAddress");
	IpAddress ip(192, 168, 1, 254);
	CHECK_EQ(ip.toString(), "192.168.1.254");
	CHECK_EQ(uint32_t(ip), 0xFE01A8C0U);
	CHECK(ip == IpAddress(0xFE01A8C0U));
	CHECK_EQ(unsigned(ip[3]), 254U);
	CHECK(IpAddress("192.168.1.254") == ip);
	CHECK(IpAddress(String("0.0.0.0")).isNull());
	CHECK(IpAddress("255.255.255.255") == IpAddress(0xFFFFFFFFU));
	const uint8_t octets[] = {10, 0, 0, 1};
	CHECK_EQ(IpAddress(octets).toString(), "10.0.0.1");
	CHECK(IpAddress(octets) == octets);
	CHECK(ip.compare(IpAddress(192, 168, 1, 1), IpAddress(255, 255, 255, 0)));
	CHECK(!ip.compare(IpAddress(192, 168, 2, 1), IpAddress(255, 255, 255, 0)));
	ip[0] = 10;
	CHECK_EQ(ip.toString(), "10.168.1.254");
	ip = "1.2.3.4";
	CHECK_EQ(ip.toString(), "1.2.3.4");

	for(auto bad : {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "1..3.4", "01.2.3.4", "1.2.3.0x4",
					"1.2.3.-4", "a.b.c.d", "1.2.3.", ".1.2.3", "1.2.3.4444", "99999999999.1.1.1"}) {
		CHECK(!IpAddress::isValid(bad));
		CHECK(IpAddress(bad).isNull());
	}
	CHECK(!IpAddress::isValid(String("1.2.3.4\0x", 9)));
}

void testMacAddress()
{
	Check::group("MacAddress");
	MacAddress mac("01:23:45:67:89:aB");
	CHECK_EQ(mac.toString(), "01:23:45:67:89:ab");
	CHECK_EQ(mac.toString('-'), "01-23-45-67-89-ab");
	CHECK_EQ(mac.toString('\0'), "0123456789ab");
	CHECK(MacAddress("0123456789AB") == mac);
	CHECK(MacAddress("01-23-45-67-89-ab") == mac);
	CHECK(bool(mac));
	CHECK(!MacAddress());
	CHECK(mac != MacAddress());
	CHECK_EQ(unsigned(mac[5]), 0xABU);
	CHECK(mac.getHash() != MacAddress().getHash());
	for(auto bad : {"", "01:23", "01:23:45:67:89", "01:23:45:67:89:ab:cd", "01:23:45:67:89:ag", "0::123456789ab"}) {
		CHECK(!MacAddress(bad));
	}
	mac.clear();
	CHECK(!mac);
}
} // namespace

void testAddresses()
{
	testIpAddress();
	testMacAddress();
}
