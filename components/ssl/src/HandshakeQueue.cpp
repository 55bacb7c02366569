#include <Memory.h>
#include <Network/Ssl/HandshakeQueue.h>
#include <algorithm>
#include <hal.h>

namespace Ssl
{
namespace
{
uint32_t nowMs()
{
	return uint32_t(hal_time_us() / 1000);
}

} // namespace

HandshakeQueue& HandshakeQueue::getDefault()
{
	static HandshakeQueue queue;
	return queue;
}

HandshakeQueue::~HandshakeQueue()
{
	while(first != nullptr) {
		remove(*first);
	}
}

void HandshakeQueue::Place::leave()
{
	if(queue != nullptr) {
		auto old = queue;
		old->remove(*this);
		if(old->first != nullptr) {
			old->schedule(0);
		}
	}
}

void HandshakeQueue::remove(Place& place)
{
	for(auto link = &first; *link != nullptr; link = &(*link)->next) {
		if(*link == &place) {
			*link = place.next;
			break;
		}
	}
	if(place.state == Place::State::admitted) {
		--running;
	}
	place.queue = nullptr;
	place.next = nullptr;
	place.callback = nullptr;
	place.state = Place::State::outside;
}

bool HandshakeQueue::hasRoom() const
{
	return running == 0 || (running < limit && Memory::available() >= memoryNeeded);
}

void HandshakeQueue::admit(Place& place)
{
	place.state = Place::State::admitted;
	place.since = nowMs();
	++running;
}

unsigned HandshakeQueue::countWaiting() const
{
	unsigned n = 0;
	for(auto place = first; place != nullptr; place = place->next) {
		n += place->isWaiting();
	}
	return n;
}

bool HandshakeQueue::enter(Place& place, Callback callback)
{
	place.leave();
	const bool waits = countWaiting() != 0 || !hasRoom();
	auto link = &first;
	while(*link != nullptr) {
		link = &(*link)->next;
	}
	*link = &place;
	place.queue = this;
	if(!waits) {
		admit(place);
		return true;
	}
	place.callback = callback;
	place.state = Place::State::waiting;
	if(!timer.isStarted()) {
		schedule(0);
	}
	return false;
}

void HandshakeQueue::schedule(uint32_t milliseconds)
{
	timer.initializeUs(std::max<uint64_t>(1, uint64_t(milliseconds) * 1000), [this]() { run(); });
	timer.startOnce();
}

/* One admission at a time: its callback may do anything, also delete this queue. */
void HandshakeQueue::run()
{
	const uint32_t now = nowMs();
	uint32_t soonest = patience;
	Place* waiting = nullptr;
	for(auto place = first; place != nullptr; place = place->next) {
		if(place->state == Place::State::admitted) {
			const uint32_t age = now - place->since;
			if(age >= patience) {
				place->state = Place::State::overdue;
				--running;
			} else {
				soonest = std::min(soonest, patience - age);
			}
		} else if(waiting == nullptr && place->isWaiting()) {
			waiting = place;
		}
	}
	if(waiting == nullptr) {
		return;
	}
	if(!hasRoom()) {
		schedule(soonest);
		return;
	}
	admit(*waiting);
	const Callback callback = waiting->callback;
	waiting->callback = nullptr;
	schedule(0);
	callback();
}

} // namespace Ssl
