/** IpAddress and port to and from the host's sockaddr_in. */
#pragma once

#include <IpAddress.h>
#include <netinet/in.h>

namespace Network
{
struct SocketEnd {
	IpAddress address;
	uint16_t port;
};

sockaddr_in toSocketAddress(const IpAddress& address, uint16_t port);
SocketEnd fromSocketAddress(const sockaddr_in& address);

/** Far end of a connected socket; 0.0.0.0 port 0 when there is none. */
SocketEnd getPeer(int fd);

/** Near end of a socket. */
SocketEnd getOwn(int fd);

} // namespace Network
