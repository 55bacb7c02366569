#include "tests.h"
#include <Network/Ssl/HandshakeQueue.h>
#include <hal.h>

using Ssl::HandshakeQueue;

namespace
{
/** A connection as the queue sees it. */
struct Guest {
	HandshakeQueue::Place place;
	unsigned called = 0;

	bool enter(HandshakeQueue& queue)
	{
		return queue.enter(place, [this]() { ++called; });
	}
};

void pass(uint32_t milliseconds)
{
	const uint64_t end = hal_time_us() + milliseconds * 1000;
	do {
		TimerBase::runDue();
	} while(hal_time_us() < end);
}

/** Ten seconds is for a machine that is busy with other things. */
void waitFor(const Guest& guest)
{
	const uint64_t end = hal_time_us() + 10000000;
	while(guest.called == 0 && hal_time_us() < end) {
		TimerBase::runDue();
	}
}

} // namespace

void testQueue()
{
	Check::group("handshake queue: order");
	{
		HandshakeQueue queue;
		queue.limit = 2;
		Guest guests[5];
		CHECK(guests[0].enter(queue) && guests[1].enter(queue));
		CHECK(!guests[2].enter(queue) && !guests[3].enter(queue) && !guests[4].enter(queue));
		pass(2);
		CHECK_EQ(queue.countRunning(), 2u);
		CHECK_EQ(queue.countWaiting(), 3u);
		guests[1].place.leave();
		guests[1].place.leave(); // once is enough
		CHECK_EQ(guests[2].called, 0u); // never from within leave()
		pass(2);
		CHECK(guests[2].called == 1 && guests[2].place.isAdmitted() && guests[3].called == 0);
		guests[3].place.leave(); // gave up
		guests[0].place.leave();
		pass(2);
		CHECK(guests[3].called == 0 && guests[4].called == 1);
		CHECK(guests[0].enter(queue) == false); // full again
		guests[2].place.leave();
		guests[4].place.leave();
		pass(2);
		CHECK(guests[0].called == 1 && queue.countRunning() == 1 && queue.countWaiting() == 0);
	}

	Check::group("handshake queue: who stalls does not count for ever");
	{
		HandshakeQueue queue;
		queue.limit = 1;
		queue.patience = 300;
		Guest guests[3];
		CHECK(guests[0].enter(queue) && !guests[1].enter(queue) && !guests[2].enter(queue));
		const uint64_t start = hal_time_us();
		waitFor(guests[1]);
		CHECK(hal_time_us() - start >= 290000);
		CHECK(guests[2].called == 0 && guests[0].place.isAdmitted());
		waitFor(guests[2]);
		CHECK(hal_time_us() - start >= 590000);
		guests[0].place.leave();
		CHECK_EQ(queue.countRunning(), 1u);
	}

	Check::group("handshake queue: memory");
	{
		HandshakeQueue queue;
		queue.memoryNeeded = SIZE_MAX;
		Guest guests[2];
		CHECK(guests[0].enter(queue)); // one is always admitted
		CHECK(!guests[1].enter(queue));
		guests[0].place.leave();
		pass(2);
		CHECK_EQ(guests[1].called, 1u);
	}

	Check::group("handshake queue: what goes away");
	{
		auto queue = new HandshakeQueue;
		queue->limit = 1;
		Guest first;
		HandshakeQueue::Place second;
		CHECK(first.enter(*queue));
		CHECK(!queue->enter(second, [&queue]() {
			delete queue;
			queue = nullptr;
		}));
		first.place.leave();
		pass(2);
		CHECK(queue == nullptr && !second.isAdmitted());
		{
			HandshakeQueue other;
			CHECK(first.enter(other));
		}
		CHECK(!first.place.isAdmitted()); // the queue went first
	}
	CHECK(&HandshakeQueue::getDefault() == &HandshakeQueue::getDefault());
	CHECK_EQ(HandshakeQueue::getDefault().limit, 16u);
}
