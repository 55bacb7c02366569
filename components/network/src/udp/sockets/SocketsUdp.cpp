/* UdpConnection over the host's sockets. */
#include "../../host/HostTables.h"
#include "../../host/SocketAddress.h"
#include <Network/UdpConnection.h>
#include <cerrno>
#include <hal_host.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{
char datagram[1500];

/* Datagrams handled before other sockets and timers get their turn. */
constexpr unsigned receiveRounds = 16;

bool sent(ssize_t result, int length)
{
	return result == length;
}

} // namespace

bool UdpConnection::open()
{
	if(handle >= 0) {
		return true;
	}
	handle = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if(handle >= 0 && hal_host_watch(handle, HAL_HOST_READABLE, onEvents, this) < 0) {
		::close(handle);
		handle = -1;
	}
	return handle >= 0;
}

bool UdpConnection::listen(int port)
{
	if(port < 0 || port > 65535 || !open()) {
		return false;
	}
	auto address = Network::toSocketAddress(IpAddress(), Network::HostTables::listenPort(uint16_t(port)));
	return bind(handle, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

bool UdpConnection::connect(IpAddress ip, uint16_t port)
{
	if(port == 0 || !open()) {
		return false;
	}
	auto address = Network::toSocketAddress(ip, port);
	return ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

void UdpConnection::close()
{
	if(alive != nullptr) {
		*alive = false;
		alive = nullptr;
	}
	if(handle >= 0) {
		hal_host_unwatch(handle);
		::close(handle);
		handle = -1;
	}
}

bool UdpConnection::send(const char* data, int length)
{
	return handle >= 0 && length >= 0 && sent(::send(handle, data, size_t(length), MSG_NOSIGNAL), length);
}

bool UdpConnection::sendTo(IpAddress remoteIP, uint16_t remotePort, const char* data, int length)
{
	if(length < 0 || !open()) {
		return false;
	}
	auto address = Network::toSocketAddress(remoteIP, remotePort);
	auto result = ::sendto(handle, data, size_t(length), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
						   sizeof(address));
	return sent(result, length);
}

void UdpConnection::onEvents(void* arg, uint32_t)
{
	auto self = static_cast<UdpConnection*>(arg);
	bool running = true;
	self->alive = &running;
	for(unsigned round = 0; round < receiveRounds; ++round) {
		sockaddr_in address{};
		socklen_t size = sizeof(address);
		auto length = recvfrom(self->handle, datagram, sizeof(datagram), 0, reinterpret_cast<sockaddr*>(&address), &size);
		if(length < 0) {
			// A "port unreachable" of an earlier datagram is reported here, too, and only once
			if(errno == EINTR || errno == ECONNREFUSED) {
				continue;
			}
			break;
		}
		auto from = Network::fromSocketAddress(address);
		self->onReceive(datagram, size_t(length), from.address, from.port);
		if(!running) {
			return;
		}
	}
	self->alive = nullptr;
}
