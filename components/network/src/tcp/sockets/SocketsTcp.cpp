/* SocketsTcp: what its owner calls. */
#include "SocketsTcp.h"
#include "errors.h"
#include "../../host/HostTables.h"
#include "../../host/SocketAddress.h"
#include <cerrno>
#include <hal_host.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Network
{
namespace
{
/* What getWriteSpace() promises while the kernel takes data. */
constexpr size_t writeSpaceOpen = 16384;

/* After FIN: how long to wait for the peer's. Closing earlier could turn into a RST that destroys data of ours on its way. */
constexpr unsigned lingerMs = 2000;

/* What closeAtOnce() drops of the input. */
constexpr size_t dropAtOnce = 65536;

/* What the kernel keeps while this process computes: SYNs beyond it are dropped, and come again only a second later. */
constexpr int listenBacklog = 256;

} // namespace

TcpSocket* TcpSocket::create()
{
	return new SocketsTcp;
}

SocketsTcp::SocketsTcp()
{
	timer.setCallback(onTimer, this);
}

SocketsTcp::~SocketsTcp() = default;

void SocketsTcp::setEvents(TcpSocketEvents* newEvents)
{
	events = newEvents;
	updateWatch();
}

SocketError SocketsTcp::openDescriptor()
{
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return (fd < 0) ? errorFromErrno(errno) : SocketError::none;
}

SocketError SocketsTcp::connect(const IpAddress& address, uint16_t port)
{
	auto error = openDescriptor();
	if(error != SocketError::none) {
		return error;
	}
	// Records are complete when they are written: waiting for more (Nagle) only adds delay
	int one = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	auto target = toSocketAddress(address, port);
	int result;
	do {
		result = ::connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof(target));
	} while(result < 0 && errno == EINTR);
	if(result < 0 && errno != EINPROGRESS) {
		return errorFromErrno(errno);
	}
	state = State::connecting;
	updateWatch();
	return SocketError::none;
}

SocketError SocketsTcp::listen(uint16_t port)
{
	auto error = openDescriptor();
	if(error != SocketError::none) {
		return error;
	}
	int one = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	// As in connect(): accepted sockets have it from the one that listens
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	auto address = toSocketAddress(IpAddress(), HostTables::listenPort(port));
	if(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0 || ::listen(fd, listenBacklog) < 0) {
		return (errno == EADDRINUSE) ? SocketError::refused : errorFromErrno(errno);
	}
	state = State::listening;
	HostTables::listeningBegan(port, getLocalPort());
	updateWatch();
	return SocketError::none;
}

void SocketsTcp::adopt(int descriptor)
{
	fd = descriptor;
	accepted = true;
	state = State::open;
}

/*
 * The epoll set follows the state. A descriptor with nothing to wait for leaves the set altogether, because
 * EPOLLHUP and EPOLLERR cannot be masked and would turn the loop into a busy one.
 */
void SocketsTcp::updateWatch()
{
	if(fd < 0) {
		return;
	}
	uint32_t wanted = 0;
	switch(state) {
	case State::connecting:
		wanted = EPOLLOUT;
		break;
	case State::listening:
		wanted = paused ? 0U : uint32_t(EPOLLIN);
		break;
	case State::lingering:
		wanted = EPOLLIN;
		break;
	case State::open:
		if(events == nullptr) {
			break;
		}
		wanted = wantSent ? uint32_t(EPOLLOUT) : 0U;
		if(!paused && !inputEnded) {
			wanted |= resting ? uint32_t(EPOLLRDHUP) : uint32_t(EPOLLIN);
		}
		break;
	case State::idle:
	case State::dead:
		break;
	}
	if(wanted == watched) {
		return;
	}
	if(wanted == 0) {
		hal_host_unwatch(fd);
	} else if(watched == 0) {
		if(hal_host_watch(fd, wanted, onEvents, this) < 0) {
			wanted = 0;
		}
	} else {
		hal_host_modify(fd, wanted);
	}
	watched = wanted;
}

int SocketsTcp::write(const uint8_t* data, size_t length, bool more)
{
	if(state != State::open) {
		return -1;
	}
	ssize_t taken;
	do {
		taken = send(fd, data, length, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	} while(taken < 0 && errno == EINTR);
	if(taken < 0 && !wouldBlock(errno) && errno != ENOBUFS) {
		return -1;
	}
	if(taken > 0) {
		ackDue = false; // data acknowledges by itself
		heldBack = more;
	}
	full = (taken < ssize_t(length));
	if(full) {
		wantSent = true;
		updateWatch();
	} else if(!sentDue) {
		// There is room still: the event comes with the next turn of the loop, without asking the kernel
		sentDue = true;
		timer.startUs(1);
	}
	return (taken < 0) ? 0 : int(taken);
}

size_t SocketsTcp::getWriteSpace() const
{
	return (state == State::open && !full) ? writeSpaceOpen : 0;
}

void SocketsTcp::flush()
{
	if(state == State::open && heldBack) {
		heldBack = false;
		// Setting TCP_NODELAY again makes the kernel push what MSG_MORE held back (tcp(7))
		int one = 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	}
}

void SocketsTcp::resume()
{
	resumed = true;
	if(state == State::open && paused) {
		paused = false;
		updateWatch();
	}
}

void SocketsTcp::close()
{
	events = nullptr;
	if(state != State::open || shutdown(fd, SHUT_WR) < 0 || inputEnded) {
		release();
		return;
	}
	state = State::lingering;
	updateWatch();
	timer.setIntervalMs<lingerMs>();
	timer.startOnce();
}

/* Data that nobody read would turn the FIN into a RST, so what there is goes first; too much of it is for close(). */
void SocketsTcp::closeAtOnce()
{
	if(state != State::open || recv(fd, nullptr, dropAtOnce, MSG_TRUNC) == ssize_t(dropAtOnce)) {
		close();
		return;
	}
	events = nullptr;
	release();
}

void SocketsTcp::abort()
{
	events = nullptr;
	if(state == State::open) {
		// Zero linger time makes close() send RST (socket(7))
		struct linger option = {1, 0};
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, sizeof(option));
	}
	release();
}

void SocketsTcp::fail(SocketError error)
{
	timer.stop();
	inputEnded = true;
	wantSent = sentDue = ackDue = false;
	state = State::open; // what connecting ended in: nothing is watched, write() says -1 by itself
	updateWatch();
	events->onSocketError(error);
}

/* Give the descriptor back. The object goes when none of its handlers is on the stack any more. */
void SocketsTcp::release()
{
	timer.stop();
	if(state == State::listening) {
		HostTables::listeningEnded(getLocalPort());
	}
	if(fd >= 0) {
		hal_host_close(fd);
		watched = 0;
		fd = -1;
	}
	state = State::dead;
	if(busy == 0) {
		delete this;
	}
}

IpAddress SocketsTcp::getRemoteAddress() const
{
	return getPeer(fd).address;
}

uint16_t SocketsTcp::getRemotePort() const
{
	return getPeer(fd).port;
}

IpAddress SocketsTcp::getLocalAddress() const
{
	return getOwn(fd).address;
}

uint16_t SocketsTcp::getLocalPort() const
{
	return getOwn(fd).port;
}

} // namespace Network
