#include "SocketAddress.h"
#include <cstring>
#include <sys/socket.h>

namespace Network
{
sockaddr_in toSocketAddress(const IpAddress& address, uint16_t port)
{
	sockaddr_in result{};
	result.sin_family = AF_INET;
	result.sin_port = htons(port);
	uint8_t octets[4] = {address[0], address[1], address[2], address[3]};
	memcpy(&result.sin_addr, octets, sizeof(octets));
	return result;
}

SocketEnd fromSocketAddress(const sockaddr_in& address)
{
	uint8_t octets[4];
	memcpy(octets, &address.sin_addr, sizeof(octets));
	return {IpAddress(octets), ntohs(address.sin_port)};
}

SocketEnd getPeer(int fd)
{
	sockaddr_in address{};
	socklen_t length = sizeof(address);
	if(getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length) < 0) {
		return {IpAddress(), 0};
	}
	return fromSocketAddress(address);
}

SocketEnd getOwn(int fd)
{
	sockaddr_in address{};
	socklen_t length = sizeof(address);
	if(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) < 0) {
		return {IpAddress(), 0};
	}
	return fromSocketAddress(address);
}

} // namespace Network
