/* The serial line as lwIP's interface: packets in and out, timers. */
#include "../dns/LwipResolver.h"
#include "../tcp/lwip/LwipTcp.h"
#include <Network/Link.h>
#include <hal.h>
#include <hal_chip.h>
#include <lwip/dns.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/timeouts.h>

namespace Network
{
namespace Link
{
namespace
{
/* The shortest IPv4 header (RFC 791 §3.1); the packet's length stands in its third and fourth byte. */
constexpr unsigned headerLength = 20;
constexpr unsigned lengthKnown = 4;

/* An IP header and a TCP header without options */
constexpr uint16_t mtu = TCP_MSS + 40;

/* Longest packet that is taken: libslirp does not ask what a device wants to receive */
constexpr uint16_t longest = 1500;

netif serialLine;

/* The packet that is being received */
uint8_t beginning[lengthKnown];
pbuf* packet;		///< nullptr before its length is known, and when there is no memory for it
uint16_t received;	///< bytes of it so far
bool damaged;		///< longer than its header says, or nowhere to put it

void drop()
{
	if(packet != nullptr) {
		pbuf_free(packet);
		packet = nullptr;
	}
	received = 0;
	damaged = false;
}

void onData(const uint8_t* data, size_t length)
{
	while(length > 0 && received < lengthKnown) {
		beginning[received++] = *data++;
		--length;
	}
	if(length == 0 || damaged) {
		return;
	}
	if(packet == nullptr) {
		uint16_t total = uint16_t(beginning[2] << 8 | beginning[3]);
		packet = (total >= headerLength && total <= longest) ? pbuf_alloc(PBUF_RAW, total, PBUF_RAM) : nullptr;
		damaged = (packet == nullptr);
		if(damaged) {
			return;
		}
		pbuf_take(packet, beginning, lengthKnown);
	}
	if(length > size_t(packet->tot_len - received)) {
		damaged = true;
		return;
	}
	pbuf_take_at(packet, data, uint16_t(length), received);
	received = uint16_t(received + length);
}

void onEnd()
{
	if(packet != nullptr && !damaged && received == packet->tot_len) {
		auto whole = packet;
		packet = nullptr;
		if(serialLine.input(whole, &serialLine) != ERR_OK) {
			pbuf_free(whole);
		}
	}
	drop();
}

err_t send(netif*, pbuf* chain, const ip4_addr_t*)
{
	hal_link_begin();
	for(auto part = chain; part != nullptr; part = part->next) {
		hal_link_send(part->payload, part->len);
	}
	hal_link_end();
	return ERR_OK;
}

err_t initialize(netif* line)
{
	line->name[0] = 's';
	line->name[1] = 'l';
	line->mtu = mtu;
	line->output = send;
	return ERR_OK;
}

ip4_addr_t toLwip(IpAddress address)
{
	return {uint32_t(address)};
}

} // namespace

void start()
{
	static const hal_link_receiver receiver = {onData, onEnd};
	lwip_init();
	netif_add(&serialLine, nullptr, nullptr, nullptr, nullptr, initialize, netif_input);
	netif_set_default(&serialLine);
	setAddress(defaultAddress, defaultNetmask, defaultGateway);
	ip_addr_t server = toLwip(defaultNameServer);
	dns_setserver(0, &server);
	netif_set_link_up(&serialLine);
	netif_set_up(&serialLine);
	hal_link_set_receiver(&receiver);
}

void setAddress(IpAddress address, IpAddress netmask, IpAddress gateway)
{
	auto own = toLwip(address);
	auto mask = toLwip(netmask);
	auto router = toLwip(gateway);
	netif_set_addr(&serialLine, &own, &mask, &router);
}

uint32_t poll()
{
	sys_check_timeouts();
	bool more = LwipTcp::deliver();
	more |= Resolver::deliver();
	if(more) {
		return 0;
	}
	constexpr uint32_t longestMs = 1000;
	uint32_t ms = sys_timeouts_sleeptime();
	return (ms < longestMs ? ms : longestMs) * 1000;
}

} // namespace Link
} // namespace Network
