#include "Resolver.h"
#include <Network/NameLookup.h>

namespace Network
{
NameLookup::Result NameLookup::start(const String& host, uint16_t newPort, Callback newCallback)
{
	cancel();
	address = IpAddress();
	port = newPort;
	auto length = host.length();
	if(length > 0 && host[length - 1] == '.') {
		--length;
	}
	// A NUL inside would make the resolver look for another name than the certificate is checked for
	if(length == 0 || length > maxNameLength || strlen(host.c_str()) != host.length()) {
		return Result::failed;
	}
	if(Resolver::resolveLocally(host.c_str(), address, port)) {
		return Result::ready;
	}
	callback = newCallback;
	slot = int8_t(Resolver::start(host.c_str(), *this));
	return (slot < 0) ? Result::failed : Result::pending;
}

void NameLookup::cancel()
{
	if(slot >= 0) {
		Resolver::cancel(slot);
		slot = -1;
	}
}

void NameLookup::complete(IpAddress result)
{
	slot = -1;
	address = result;
	// The callback may delete this object
	auto function = callback;
	auto target = port;
	if(function) {
		function(result, target);
	}
}

} // namespace Network
