/* Names by way of lwIP's resolver. An answer waits in its slot until the main loop hands it out. */
#include "LwipResolver.h"
#include "Resolver.h"
#include <Network/NameLookup.h>
#include <cstring>
#include <lwip/dns.h>

namespace Network
{
namespace Resolver
{
namespace
{
constexpr int slotCount = DNS_TABLE_SIZE;

enum class State : uint8_t { unused, asked, done };

struct Slot {
	NameLookup* owner; ///< nullptr: cancelled
	ip_addr_t address;
	State state;
};

Slot slots[slotCount];

void onAnswer(const char*, const ip_addr_t* address, void* arg)
{
	auto& slot = *static_cast<Slot*>(arg);
	slot.address.addr = (address == nullptr) ? 0 : address->addr;
	slot.state = (slot.owner == nullptr) ? State::unused : State::done;
}

} // namespace

bool resolveLocally(const char* host, IpAddress& address, uint16_t&)
{
	uint8_t octets[4];
	if(!IpAddress::parse(host, strlen(host), octets)) {
		return false;
	}
	address = IpAddress(octets);
	return true;
}

int start(const char* host, NameLookup& owner)
{
	for(int i = 0; i < slotCount; ++i) {
		auto& slot = slots[i];
		if(slot.state != State::unused) {
			continue;
		}
		slot.owner = &owner;
		slot.state = State::asked;
		auto result = dns_gethostbyname(host, &slot.address, onAnswer, &slot);
		if(result == ERR_OK) {
			slot.state = State::done; // known from an earlier query
		} else if(result != ERR_INPROGRESS) {
			slot.state = State::unused;
			return -1;
		}
		return i;
	}
	return -1;
}

void cancel(int index)
{
	auto& slot = slots[index];
	slot.owner = nullptr;
	if(slot.state == State::done) {
		slot.state = State::unused;
	}
}

bool deliver()
{
	for(auto& slot : slots) {
		if(slot.state == State::done) {
			auto owner = slot.owner;
			slot.owner = nullptr;
			slot.state = State::unused;
			owner->complete(IpAddress(slot.address.addr));
		}
	}
	return false;
}

} // namespace Resolver
} // namespace Network
