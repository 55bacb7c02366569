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
/*
 * One buffer serves all sockets: an event hands it to the owner and is done with it before the next event. So large,
 * because in bulk every look into the kernel costs as much as a few thousand bytes, and no larger, because a fast peer
 * must not keep the other connections and the timers waiting.
 */
uint8_t receiveBuffer[131072];

/*
 * An owner that takes bulk data (so much at a time) as fast as it arrives would look all the time for the little that
 * came meanwhile, and the peer would pay for its acknowledgements. A short rest brings more together; a timer ends it,
 * so that the peer need not wake anybody. Measured over loopback: 1,100 looks for 128 MB, not 3,100.
 */
constexpr ssize_t bulkLength = 16384;
constexpr unsigned restUs = 30;

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
	if(!paused && !inputEnded && (mask & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
		endRest();
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
	// Look first, take what the owner took: what it leaves stays in the kernel and narrows the window
	ssize_t length;
	do {
		length = recv(fd, receiveBuffer, sizeof(receiveBuffer), MSG_PEEK);
	} while(length < 0 && errno == EINTR);
	if(length < 0) {
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
	}
	if(taken < size_t(length)) {
		// The owner may have made room and called resume() meanwhile: then the next event offers it again
		paused = !resumed;
		updateWatch();
	} else if(length >= bulkLength && !sentDue) {
		if(length < ssize_t(sizeof(receiveBuffer))) {
			resting = true;
			updateWatch();
			timer.startUs(restUs);
		}
		return true;
	}
	if(taken > 0 && ackDue) {
		acknowledgeSoon();
	}
	return true;
}

/* The timer may go on: then it acknowledges. */
void SocketsTcp::endRest()
{
	if(resting) {
		resting = false;
		updateWatch();
	}
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
	ssize_t length;
	do {
		length = recv(fd, receiveBuffer, sizeof(receiveBuffer), 0);
	} while(length < 0 && errno == EINTR);
	// After data the next event tells of the end
	if(length == 0 || (length < 0 && !wouldBlock(errno))) {
		release();
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
	const bool wasResting = resting;
	endRest();
	if(sentDue) {
		sentDue = false;
		if(ackDue) {
			acknowledgeSoon();
		}
		if(!full && events != nullptr) {
			events->onSocketSent();
		}
	} else if(ackDue && wasResting) {
		acknowledgeSoon();
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
