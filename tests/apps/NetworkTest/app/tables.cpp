#include "tests.h"
#include <Network/Host.h>
#include <Network/NameLookup.h>

namespace
{
IpAddress lookUp(const char* name, uint16_t port, uint16_t& result)
{
	Network::NameLookup lookup;
	if(lookup.start(name, port, nullptr) != Network::NameLookup::Result::ready) {
		return IpAddress();
	}
	result = lookup.getPort();
	return lookup.getAddress();
}
} // namespace

void testTables()
{
	Check::group("--map and --resolve");
	CHECK_EQ(HostNetwork::getHostPort(8080), 8080U);
	CHECK(HostNetwork::mapPort(443, 10443));
	CHECK_EQ(HostNetwork::getHostPort(443), 10443U);
	CHECK(HostNetwork::mapPort(443, 20443));
	CHECK_EQ(HostNetwork::getHostPort(443), 20443U);
	CHECK(!HostNetwork::mapPort(0, 1));

	CHECK(HostNetwork::addResolve("a.test:80:10.0.0.1:8080"));
	CHECK(HostNetwork::addResolve("a.test:443:10.0.0.2"));
	CHECK(HostNetwork::addResolve("*:25:10.0.0.3"));
	for(auto bad : {"", "a", "a:80", "a:80:", "a:80:b", "a:x:10.0.0.1", "a:80:10.0.0.1:", "a:80:10.0.0.1:1:2", ":80:10.0.0.1",
					"a:99999:10.0.0.1", "a:-1:10.0.0.1"}) {
		CHECK(!HostNetwork::addResolve(bad));
	}
	uint16_t port = 0;
	CHECK_EQ(lookUp("A.Test", 80, port).toString(), "10.0.0.1");
	CHECK_EQ(unsigned(port), 8080U);
	CHECK_EQ(lookUp("a.test", 443, port).toString(), "10.0.0.2");
	CHECK_EQ(unsigned(port), 443U);
	CHECK_EQ(lookUp("any.test", 25, port).toString(), "10.0.0.3");
	CHECK_EQ(lookUp("192.0.2.1", 80, port).toString(), "192.0.2.1");
	CHECK(lookUp("", 80, port).isNull());
	Network::NameLookup lookup;
	CHECK(lookup.start(String("a\0b", 3), 80, nullptr) == Network::NameLookup::Result::failed);
}
