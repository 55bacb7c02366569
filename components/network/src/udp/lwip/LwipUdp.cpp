/* UdpConnection over lwIP's raw API. The handle is the address of its control block. */
#include <Network/UdpConnection.h>
#include <lwip/udp.h>

namespace
{
udp_pcb* blockOf(intptr_t handle)
{
	return reinterpret_cast<udp_pcb*>(handle);
}

/* What the link takes in one packet, without the headers of IP and UDP: fragments are not made here. */
constexpr int longest = 1500 - 28;

bool transmit(udp_pcb* block, const char* data, int length, const ip_addr_t* address, uint16_t port)
{
	if(length < 0 || length > longest) {
		return false;
	}
	auto packet = pbuf_alloc(PBUF_TRANSPORT, uint16_t(length), PBUF_RAM);
	if(packet == nullptr) {
		return false;
	}
	pbuf_take(packet, data, uint16_t(length));
	auto result = (address == nullptr) ? udp_send(block, packet) : udp_sendto(block, packet, address, port);
	pbuf_free(packet);
	return result == ERR_OK;
}

} // namespace

bool UdpConnection::open()
{
	if(handle >= 0) {
		return true;
	}
	auto block = udp_new();
	if(block == nullptr) {
		return false;
	}
	auto onDatagram = [](void* arg, udp_pcb*, pbuf* packet, const ip_addr_t* from, u16_t port) {
		// One piece as Link allocates it, and nobody else's: the owner may change it
		static_cast<UdpConnection*>(arg)->onReceive(static_cast<char*>(packet->payload), packet->len,
													IpAddress(from->addr), port);
		pbuf_free(packet);
	};
	udp_recv(block, onDatagram, this);
	handle = reinterpret_cast<intptr_t>(block);
	return true;
}

bool UdpConnection::listen(int port)
{
	return port >= 0 && port <= UINT16_MAX && open() &&
		   udp_bind(blockOf(handle), IP_ADDR_ANY, uint16_t(port)) == ERR_OK;
}

bool UdpConnection::connect(IpAddress ip, uint16_t port)
{
	if(port == 0 || !open()) {
		return false;
	}
	ip_addr_t address = {uint32_t(ip)};
	return udp_connect(blockOf(handle), &address, port) == ERR_OK;
}

void UdpConnection::close()
{
	if(handle >= 0) {
		udp_remove(blockOf(handle));
		handle = -1;
	}
}

bool UdpConnection::send(const char* data, int length)
{
	return handle >= 0 && transmit(blockOf(handle), data, length, nullptr, 0);
}

bool UdpConnection::sendTo(IpAddress remoteIP, uint16_t remotePort, const char* data, int length)
{
	ip_addr_t address = {uint32_t(remoteIP)};
	return open() && transmit(blockOf(handle), data, length, &address, remotePort);
}
