#include "ResumptionStore.h"

struct ResumptionStore::Entry : public Memory::Tagged<Memory::Tag::sessionCache> {
	Entry* next;
	String host;
	int port;
	Ssl::Resumption* resumption;

	Entry(Entry* next, const String& host, int port, Ssl::Resumption* resumption)
		: next(next), host(host), port(port), resumption(resumption)
	{
	}
};

Ssl::Resumption* ResumptionStore::unlink(Entry** link)
{
	auto entry = *link;
	*link = entry->next;
	auto resumption = entry->resumption;
	delete entry;
	return resumption;
}

void ResumptionStore::keep(const String& host, int port, Ssl::Resumption* resumption)
{
	if(resumption == nullptr) {
		return;
	}
	delete take(host, port);
	auto entry = new Entry(first, host, port, resumption);
	if(entry == nullptr) {
		delete resumption;
		return;
	}
	first = entry;
	auto link = &first;
	for(unsigned count = 0; *link != nullptr; ++count) {
		if(count == maxCount) {
			delete unlink(link);
		} else {
			link = &(*link)->next;
		}
	}
}

Ssl::Resumption* ResumptionStore::take(const String& host, int port)
{
	for(auto link = &first; *link != nullptr; link = &(*link)->next) {
		if((*link)->port == port && (*link)->host.equalsIgnoreCase(host)) {
			return unlink(link);
		}
	}
	return nullptr;
}

void ResumptionStore::clear()
{
	while(first != nullptr) {
		delete unlink(&first);
	}
}
