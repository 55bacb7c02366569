/* SocketsTcp: what the epoll loop reports. */
#include "SocketsTcp.h"
#include "errors.h"
#include <cerrno>
#include <hal_host.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Network
{
namespace
{
/* One buffer serves all sockets: an event hands it to the owner and is done with it before the next event. */
uint8_t receiveBuffer[65536];

/* A fast peer must not keep the other connections and the timers waiting. */
constexpr unsigned receiveRounds = 2;

/* A listener that got EMFILE tries again after this. */
constexpr unsigned acceptPauseMs = 100;

/*
 * A server acknowledges what it has no answer to after this; the kernel would take up to 40 ms, and a client with Nagle's
 * algorithm would wait for it with its request behind the end of a handshake. Not at once, because mostly more arrives
 * or an answer is made meanwhile, and a packet by itself costs more than both. Not sooner than the kernel's own tick,
 * because a timer of its own costs as much as the packet.
 */
constexpr unsigned acknowledgeMs = 10;

/*
 * A client acknowledges now: a server that writes headers and body apart and has Nagle's algorithm on would wait for it
 * with the body. The option does not last (tcp(7)). An answer acknowledges by itself, and so does the kernel while much
 * arrives.
 */
void acknowledge(int fd)
{
	int one = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
}

int pendingError(int fd)
{
	int error = 0;
	socklen_t length = sizeof(error);
	return (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0) ? error : errno;
}

} // namespace

void SocketsTcp::onEvents(void* arg, uint32_t events)
{
	auto& self = *static_cast<SocketsTcp*>(arg);
	++self.busy;
	switch(self.state) {
	case State::connecting:
		self.handleConnecting();
		break;
	case State::listening:
		self.handleListening();
		break;
	case State::open:
		self.handleOpen(events);
		break;
	case State::lingering:
		self.handleLingering();
		break;
	case State::idle:
	case State::dead:
		break;
	}
	self.leave();
}

void SocketsTcp::handleConnecting()
{
	int error = pendingError(fd);
	if(error == 0) {
		// The event may be left over from another descriptor of the same number: ask the kernel
		sockaddr_in peer{};
		socklen_t length = sizeof(peer);
		if(getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length) < 0) {
			return;
		}
		state = State::open;
		updateWatch();
		events->onSocketConnected();
		return;
	}
	if(error != EINPROGRESS && error != EALREADY) {
		fail(errorFromErrno(error));
	}
}

void SocketsTcp::handleOpen(uint32_t mask)
{
	if(!paused && !inputEnded && (mask & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
		if(!receive()) {
			return;
		}
	}
	if(state == State::open && wantSent && (mask & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
		wantSent = false;
		full = false;
		updateWatch();
		events->onSocketSent();
	}
}

/* @return false if the owner closed the socket meanwhile, or it failed */
bool SocketsTcp::receive()
{
	for(unsigned round = 0; round < receiveRounds; ++round) {
		// Look first, take what the owner took: what it leaves stays in the kernel and narrows the window
		auto length = recv(fd, receiveBuffer, sizeof(receiveBuffer), MSG_PEEK);
		if(length < 0) {
			if(errno == EINTR) {
				continue;
			}
			if(wouldBlock(errno)) {
				return true;
			}
			fail(errorFromErrno(errno));
			return false;
		}
		if(length == 0) {
			inputEnded = true;
			updateWatch();
			events->onSocketEnd();
			return state == State::open;
		}
		resumed = false;
		ackDue = true;
		auto taken = events->onSocketReceived(receiveBuffer, size_t(length));
		if(state == State::lingering) {
			handleLingering(); // what was only looked at must go first
		}
		if(state != State::open) {
			return false;
		}
		if(taken > 0) {
			(void)!recv(fd, nullptr, taken, MSG_TRUNC);
			if(ackDue && size_t(length) < sizeof(receiveBuffer)) {
				acknowledgeSoon();
			}
		}
		if(taken < size_t(length)) {
			// The owner may have made room and called resume() meanwhile: then the next event offers it again
			paused = !resumed;
			updateWatch();
			return true;
		}
		if(size_t(length) < sizeof(receiveBuffer)) {
			return true;
		}
	}
	return true;
}

void SocketsTcp::acknowledgeSoon()
{
	if(!accepted) {
		ackDue = false;
		acknowledge(fd);
	} else if(!timer.isStarted()) {
		timer.startMs(acknowledgeMs);
	}
}

/* Alone, a connection costs one call; when they come in a row, all that wait are taken in a turn of the loop. */
void SocketsTcp::handleListening()
{
	const unsigned turn = hal_host_idle_count();
	const bool isRush = turn - acceptedAt <= 1;
	bool goesOn = true;
	for(; state == State::listening && goesOn; goesOn = isRush) {
		int descriptor = accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if(descriptor < 0) {
			if(errno == EINTR || errno == ECONNABORTED) {
				continue;
			}
			if(!wouldBlock(errno)) {
				// Out of descriptors or memory: the connection stays in the backlog
				paused = true;
				updateWatch();
				timer.setIntervalMs<acceptPauseMs>();
				timer.startOnce();
			}
			return;
		}
		auto socket = new SocketsTcp;
		if(socket == nullptr) {
			::close(descriptor);
			return;
		}
		acceptedAt = turn;
		socket->adopt(descriptor);
		events->onSocketAccepted(socket);
	}
}

void SocketsTcp::handleLingering()
{
	for(unsigned round = 0; round < receiveRounds; ++round) {
		auto length = recv(fd, receiveBuffer, sizeof(receiveBuffer), 0);
		if(length == ssize_t(sizeof(receiveBuffer)) || (length < 0 && errno == EINTR)) {
			continue;
		}
		if(length > 0) {
			return; // all there was
		}
		if(length == 0 || !wouldBlock(errno)) {
			release();
		}
		return;
	}
}

void SocketsTcp::onTimer(void* arg)
{
	auto self = static_cast<SocketsTcp*>(arg);
	++self->busy;
	switch(self->state) {
	case State::listening:
		self->paused = false;
		self->updateWatch();
		break;
	case State::lingering:
		self->release();
		break;
	case State::open:
		self->handleOpenTimer();
		break;
	case State::idle:
	case State::connecting:
	case State::dead:
		break;
	}
	self->leave();
}

void SocketsTcp::handleOpenTimer()
{
	if(sentDue) {
		sentDue = false;
		if(ackDue) {
			acknowledgeSoon();
		}
		if(!full && events != nullptr) {
			events->onSocketSent();
		}
	} else if(ackDue) {
		ackDue = false;
		acknowledge(fd);
	}
}

/* The last thing a handler does. */
void SocketsTcp::leave()
{
	if(--busy == 0 && state == State::dead) {
		delete this;
	}
}

} // namespace Network
