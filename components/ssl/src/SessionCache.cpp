#include <Network/Ssl/SessionCache.h>
#include <cstring>
#include <hal.h>
#include <new>

namespace Ssl
{
namespace
{
uint32_t nowSeconds()
{
	return uint32_t(hal_time_us() / 1000000);
}

} // namespace

struct SessionCache::Entry : public Memory::Tagged<Memory::Tag::sessionCache> {
	Entry* next;
	uint32_t born; ///< seconds, of the machine's uptime: the wall clock may be set meanwhile
	SessionParameters parameters;
};

void SessionCache::release(Entry*& link)
{
	auto entry = link;
	link = entry->next;
	delete entry;
}

SessionCache::Entry** SessionCache::lookUp(const SessionId& id)
{
	Entry** link = &first;
	while(*link != nullptr) {
		const auto& own = (*link)->parameters.id;
		if(own.getLength() == id.getLength() && memcmp(own.getValue(), id.getValue(), id.getLength()) == 0) {
			return link;
		}
		link = &(*link)->next;
	}
	return nullptr;
}

void SessionCache::add(const SessionParameters& parameters, size_t capacity)
{
	if(capacity == 0 || !parameters.id.isValid()) {
		return;
	}
	remove(parameters.id);
	Entry** link = &first;
	for(size_t n = 0; *link != nullptr;) {
		if(++n >= capacity) {
			release(*link);
		} else {
			link = &(*link)->next;
		}
	}
	auto entry = new Entry;
	if(entry == nullptr) {
		return;
	}
	entry->parameters = parameters;
	entry->born = nowSeconds();
	entry->next = first;
	first = entry;
}

bool SessionCache::find(SessionParameters& parameters)
{
	Entry** link = parameters.id.isValid() ? lookUp(parameters.id) : nullptr;
	if(link == nullptr) {
		return false;
	}
	if(nowSeconds() - (*link)->born > maxAge) {
		release(*link);
		return false;
	}
	auto entry = *link;
	*link = entry->next;
	entry->next = first;
	first = entry;
	parameters = entry->parameters;
	return true;
}

void SessionCache::remove(const SessionId& id)
{
	if(auto link = lookUp(id)) {
		release(*link);
	}
}

void SessionCache::clear()
{
	while(first != nullptr) {
		release(first);
	}
}

size_t SessionCache::count() const
{
	size_t n = 0;
	for(auto entry = first; entry != nullptr; entry = entry->next) {
		++n;
	}
	return n;
}

} // namespace Ssl
