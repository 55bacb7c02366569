/*
 * Names by way of lwIP's resolver. An answer waits in its slot until the main loop hands it out.
 *
 * lwIP asks for a few names at a time and cannot be told to stop. So a lookup has a slot here, which is free as soon as
 * it is cancelled, and lwIP's query goes on without it. One that finds all queries under way waits for one to end; one
 * for a name that is being asked for already waits for that answer.
 */
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
constexpr int slotCount = 3 * DNS_TABLE_SIZE;

enum class State : uint8_t { unused, waiting, done };

struct Slot {
	String name;
	NameLookup* owner;
	ip_addr_t address;
	State state;
};

/* What lwIP asks for; as many as it can. A null name: not in use. */
struct Query {
	String name;
};

Slot slots[slotCount];
Query queries[DNS_TABLE_SIZE];

void finish(Slot& slot, const ip_addr_t* address)
{
	slot.address.addr = (address == nullptr) ? 0 : address->addr;
	slot.state = State::done;
}

void release(Slot& slot)
{
	slot.owner = nullptr;
	slot.name = nullptr;
	slot.state = State::unused;
}

void onAnswer(const char*, const ip_addr_t* address, void* arg)
{
	auto& query = *static_cast<Query*>(arg);
	for(auto& slot : slots) {
		if(slot.state == State::waiting && slot.name.equalsIgnoreCase(query.name)) {
			finish(slot, address);
		}
	}
	query.name = nullptr;
}

/* The query for a name, else one that is free for it, else nullptr. */
Query* findQuery(const String& name)
{
	Query* free = nullptr;
	for(auto& query : queries) {
		if(query.name.isNull()) {
			free = &query;
		} else if(query.name.equalsIgnoreCase(name)) {
			return &query;
		}
	}
	return free;
}

/* Have lwIP ask for a name, unless it does already or has to wait. @return false when that is not possible */
bool ask(Slot& slot)
{
	auto query = findQuery(slot.name);
	if(query == nullptr || !query->name.isNull()) {
		return true;
	}
	query->name = slot.name;
	ip_addr_t address;
	auto result = query->name.isNull() ? err_t(ERR_MEM) : dns_gethostbyname(slot.name.c_str(), &address, onAnswer, query);
	if(result == ERR_INPROGRESS) {
		return true; // the answer may even be there
	}
	query->name = nullptr;
	if(result == ERR_OK) {
		finish(slot, &address); // known from an earlier query
	}
	return result == ERR_OK;
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
		slot.name = host;
		slot.owner = &owner;
		slot.state = State::waiting;
		if(slot.name.isNull() || !ask(slot)) {
			release(slot);
			return -1;
		}
		return i;
	}
	return -1;
}

void cancel(int index)
{
	release(slots[index]);
}

bool deliver()
{
	for(auto& slot : slots) {
		if(slot.state == State::waiting && !ask(slot)) {
			finish(slot, nullptr);
		}
		if(slot.state == State::done) {
			auto owner = slot.owner;
			IpAddress address(slot.address.addr);
			release(slot);
			owner->complete(address);
		}
	}
	return false;
}

} // namespace Resolver
} // namespace Network
