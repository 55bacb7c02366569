#include "HostTables.h"
#include <Network/Host.h>
#include <cstdlib>
#include <cstring>
#include <strings.h>
#include <unistd.h>

namespace
{
constexpr unsigned maxEntries = 32;
constexpr size_t maxNameLength = 253; // RFC 1035 §2.3.4, without the trailing dot
constexpr uint16_t firstUnprivilegedPort = 1024;
constexpr uint16_t unprivilegedOffset = 8000;

struct PortEntry {
	uint16_t port;
	uint16_t hostPort;
};

struct ResolveEntry {
	char host[maxNameLength + 1];
	uint8_t address[4];
	uint16_t port;
	uint16_t toPort;
};

PortEntry ports[maxEntries];
ResolveEntry names[maxEntries];
HostNetwork::Listening listening[maxEntries];
unsigned portCount;
unsigned nameCount;
unsigned listeningCount;
bool freePorts;

bool parsePort(const char*& text, uint16_t& port)
{
	char* end;
	auto value = strtoul(text, &end, 10);
	if(end == text || value > 65535 || *text == '-' || *text == '+') {
		return false;
	}
	port = uint16_t(value);
	text = end;
	return true;
}

} // namespace

namespace HostNetwork
{
bool mapPort(uint16_t port, uint16_t hostPort)
{
	if(port == 0 || portCount == maxEntries) {
		return false;
	}
	ports[portCount++] = {port, hostPort};
	return true;
}

void mapToFreePorts()
{
	freePorts = true;
}

uint16_t getHostPort(uint16_t port)
{
	// The entry added last wins, so that a later option overrides an earlier one
	for(unsigned i = portCount; i-- > 0;) {
		if(ports[i].port == port) {
			return ports[i].hostPort;
		}
	}
	if(freePorts) {
		return 0;
	}
	return (port != 0 && port < firstUnprivilegedPort && geteuid() != 0) ? uint16_t(port + unprivilegedOffset) : port;
}

size_t getListening(Listening* list, size_t size)
{
	size_t count = listeningCount < size ? listeningCount : size;
	memcpy(list, listening, count * sizeof(Listening));
	return count;
}

bool addResolve(const char* host, uint16_t port, const char* address, uint16_t toPort)
{
	uint8_t octets[4];
	auto length = strlen(host);
	if(nameCount == maxEntries || length == 0 || length > maxNameLength ||
	   !IpAddress::parse(address, strlen(address), octets)) {
		return false;
	}
	auto& entry = names[nameCount++];
	memcpy(entry.host, host, length + 1);
	memcpy(entry.address, octets, sizeof(octets));
	entry.port = port;
	entry.toPort = toPort;
	return true;
}

bool addResolve(const char* text)
{
	char host[maxNameLength + 1];
	char address[16];
	uint16_t port = 0;
	uint16_t toPort = 0;
	auto colon = strchr(text, ':');
	if(colon == nullptr || size_t(colon - text) > maxNameLength) {
		return false;
	}
	memcpy(host, text, size_t(colon - text));
	host[colon - text] = '\0';
	text = colon + 1;
	if(!parsePort(text, port) || *text++ != ':') {
		return false;
	}
	auto length = strcspn(text, ":");
	if(length >= sizeof(address)) {
		return false;
	}
	memcpy(address, text, length);
	address[length] = '\0';
	text += length;
	if(*text == ':') {
		++text;
		if(!parsePort(text, toPort)) {
			return false;
		}
	}
	return *text == '\0' && addResolve(host, port, address, toPort);
}

} // namespace HostNetwork

namespace Network
{
namespace HostTables
{
uint16_t listenPort(uint16_t port)
{
	return HostNetwork::getHostPort(port);
}

void listeningBegan(uint16_t port, uint16_t hostPort)
{
	if(freePorts && HostNetwork::getHostPort(port) == 0) {
		HostNetwork::mapPort(port, hostPort);
	}
	if(listeningCount < maxEntries) {
		listening[listeningCount++] = {port, hostPort};
	}
}

void listeningEnded(uint16_t hostPort)
{
	for(unsigned i = 0; i < listeningCount; ++i) {
		if(listening[i].hostPort == hostPort) {
			listening[i] = listening[--listeningCount];
			return;
		}
	}
}

bool resolve(const char* host, IpAddress& address, uint16_t& port)
{
	for(unsigned i = nameCount; i-- > 0;) {
		auto& entry = names[i];
		if(entry.port != 0 && entry.port != port) {
			continue;
		}
		if(strcmp(entry.host, "*") == 0 || strcasecmp(entry.host, host) == 0) {
			address = IpAddress(entry.address);
			if(entry.toPort != 0) {
				port = entry.toPort;
			}
			return true;
		}
	}
	return false;
}

} // namespace HostTables
} // namespace Network
