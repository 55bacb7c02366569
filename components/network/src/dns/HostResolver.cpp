/*
 * The host's resolver: getaddrinfo() blocks, so it runs on threads of its own.
 *
 * Requests stand in a fixed table. A worker copies the name out under the lock, asks, writes the answer into
 * the slot and rings an eventfd that the main loop watches. Workers touch nothing but the table, and in
 * particular allocate nothing through Memory. getaddrinfo() cannot be told to stop: a slot that is cancelled meanwhile is
 * free at once, and its worker, which finds that out in the end, does not count until then.
 */
#include "../host/HostTables.h"
#include "Resolver.h"
#include <Network/NameLookup.h>
#include <cerrno>
#include <cstring>
#include <hal_host.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace Network
{
namespace Resolver
{
namespace
{
constexpr int slotCount = 32;
constexpr unsigned maxWorkers = 4; // so that one name server that does not answer leaves the others working
constexpr unsigned mostWorkers = 16; // with those that ask for what nobody wants any more

enum class State : uint8_t { unused, queued, running, done };

struct Slot {
	char name[NameLookup::maxNameLength + 2]; // a trailing dot and NUL
	NameLookup* owner;
	unsigned use; // counts, so that a worker knows that the slot is another lookup's by now
	uint8_t address[4];
	State state;
};

Slot slots[slotCount];
pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
unsigned workers;
unsigned idleWorkers;
unsigned lostWorkers; ///< what they ask for was cancelled
int bell = -1;

void query(const char* name, uint8_t (&address)[4])
{
	addrinfo hints{};
	hints.ai_family = AF_INET;
	hints.ai_socktype = SOCK_STREAM;
	addrinfo* list = nullptr;
	memset(address, 0, sizeof(address));
	if(getaddrinfo(name, nullptr, &hints, &list) == 0 && list != nullptr) {
		auto target = reinterpret_cast<const sockaddr_in*>(list->ai_addr);
		memcpy(address, &target->sin_addr, sizeof(address));
	}
	if(list != nullptr) {
		freeaddrinfo(list);
	}
}

unsigned countQueued()
{
	unsigned count = 0;
	for(auto& slot : slots) {
		count += (slot.state == State::queued);
	}
	return count;
}

Slot* findQueued()
{
	for(auto& slot : slots) {
		if(slot.state == State::queued) {
			return &slot;
		}
	}
	return nullptr;
}

void* work(void*)
{
	pthread_mutex_lock(&lock);
	for(;;) {
		auto slot = findQueued();
		if(slot == nullptr) {
			++idleWorkers;
			pthread_cond_wait(&wake, &lock);
			--idleWorkers;
			continue;
		}
		char name[sizeof(slot->name)];
		memcpy(name, slot->name, sizeof(name));
		auto use = slot->use;
		slot->state = State::running;
		pthread_mutex_unlock(&lock);

		uint8_t address[4];
		query(name, address);

		pthread_mutex_lock(&lock);
		if(slot->use != use) {
			--lostWorkers; // cancelled meanwhile
			continue;
		}
		memcpy(slot->address, address, sizeof(address));
		slot->state = State::done;
		uint64_t one = 1;
		while(write(bell, &one, sizeof(one)) < 0 && errno == EINTR) {
		}
	}
	return nullptr;
}

bool startWorker()
{
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_t thread;
	bool started = pthread_create(&thread, &attributes, work, nullptr) == 0;
	pthread_attr_destroy(&attributes);
	workers += started;
	return started;
}

/*
 * Start a worker if none is idle for what is queued, and there may be one more.
 * @return false when nobody will ever do it
 */
bool hire(unsigned queued)
{
	bool wanted = queued > idleWorkers && workers - lostWorkers < maxWorkers && workers < mostWorkers;
	return !wanted || startWorker() || workers > 0;
}

/* Main thread: hand out the answers. */
void onBell(void*, uint32_t)
{
	uint64_t count;
	while(read(bell, &count, sizeof(count)) < 0 && errno == EINTR) {
	}
	for(auto& slot : slots) {
		pthread_mutex_lock(&lock);
		bool done = (slot.state == State::done);
		uint8_t address[4] = {0, 0, 0, 0};
		auto owner = slot.owner;
		if(done) {
			memcpy(address, slot.address, sizeof(address));
			slot.owner = nullptr;
			slot.state = State::unused;
		}
		pthread_mutex_unlock(&lock);
		if(done && owner != nullptr) {
			owner->complete(IpAddress(address));
		}
	}
}

bool openBell()
{
	if(bell >= 0) {
		return true;
	}
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if(bell < 0) {
		return false;
	}
	if(hal_host_watch(bell, EPOLLIN, onBell, nullptr) < 0) {
		close(bell);
		bell = -1;
		return false;
	}
	return true;
}

} // namespace

bool resolveLocally(const char* host, IpAddress& address, uint16_t& port)
{
	if(HostTables::resolve(host, address, port)) {
		return true;
	}
	uint8_t octets[4];
	if(!IpAddress::parse(host, strlen(host), octets)) {
		return false;
	}
	address = IpAddress(octets);
	return true;
}

int start(const char* host, NameLookup& owner)
{
	if(!openBell()) {
		return -1;
	}
	pthread_mutex_lock(&lock);
	int result = -1;
	for(int i = 0; i < slotCount; ++i) {
		auto& slot = slots[i];
		if(slot.state != State::unused) {
			continue;
		}
		if(!hire(countQueued() + 1)) {
			break;
		}
		strncpy(slot.name, host, sizeof(slot.name) - 1);
		slot.owner = &owner;
		slot.state = State::queued;
		pthread_cond_signal(&wake);
		result = i;
		break;
	}
	pthread_mutex_unlock(&lock);
	return result;
}

void cancel(int index)
{
	pthread_mutex_lock(&lock);
	auto& slot = slots[index];
	bool running = (slot.state == State::running);
	lostWorkers += running;
	++slot.use;
	slot.owner = nullptr;
	slot.state = State::unused;
	if(running) {
		hire(countQueued()); // who waited for this worker need not do so any more
	}
	pthread_mutex_unlock(&lock);
}

} // namespace Resolver
} // namespace Network
