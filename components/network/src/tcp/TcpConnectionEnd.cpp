/* TcpConnection: time-outs, the end of a connection, and who is still alive afterwards. */
#include "TcpSocket.h"
#include "TcpTail.h"
#include <Network/TcpConnection.h>
#include <debug_progmem.h>
#include <hal.h>

using Network::SocketError;

namespace
{
constexpr unsigned pollIntervalMs = 500;

} // namespace

uint32_t TcpConnection::nowMs()
{
	return uint32_t(hal_time_us() / 1000);
}

TcpConnection::Scope::Scope(TcpConnection& connection, Kind kind)
	: connection(&connection), outer(connection.scopes), epoch(connection.epoch), kind(kind)
{
	connection.scopes = this;
}

TcpConnection::Scope::~Scope()
{
	delete orphan;
	if(connection == nullptr) {
		return;
	}
	connection->scopes = outer;
	if(outer == nullptr && kind == Kind::event && connection->stage == Stage::closed && connection->autoSelfDestruct) {
		delete connection;
	}
}

void TcpConnection::close()
{
	if(stage == Stage::closed) {
		return;
	}
	Scope scope(*this, Scope::Kind::call);
	end(true, stage == Stage::resolving || stage == Stage::connecting);
}

void TcpConnection::fail(SocketError reason)
{
	if(stage == Stage::closed) {
		return;
	}
	error = reason;
	end(false, stage == Stage::resolving || stage == Stage::connecting || reason == SocketError::reset);
}

/* The one way out. @param abortive there is nobody to say goodbye to */
void TcpConnection::end(bool success, bool abortive)
{
	Scope scope(*this, Scope::Kind::call);
	failed = !success;
	abortive = abortive || sslBusy; // a session cannot be closed by a callback of its own
	if(ssl != nullptr && !abortive) {
		ssl->close();
	}
	dropSocket(abortive);
	stage = Stage::closed;
	++epoch;
	scope.epoch = epoch;
	pollTimer.stop();
	place.leave();
	keepResumption();
	onClosed();
	if(!scope.isCurrent()) {
		return;
	}
	releaseSsl();
	if(autoSelfDestruct) {
		schedulePoll(1); // in case no event is on the stack whose end deletes this
	}
}

void TcpConnection::dropSocket(bool abortive)
{
	lookup.cancel();
	auto old = socket;
	socket = nullptr;
	if(old == nullptr) {
		return;
	}
	if(abortive) {
		old->abort();
	} else if(ssl != nullptr) {
		Network::TcpTail::sendAndClose(old, *ssl);
	} else {
		old->close();
	}
}

/* The limit on connecting and the handshake is one on the whole: a peer that trickles bytes does not extend it. */
void TcpConnection::touch()
{
	countWait();
	if(stage == Stage::open) {
		waited = 0;
	}
}

/*
 * Count the time since it was last counted. More than a poll's interval of it can only be because the loop was busy
 * with something else, perhaps with this connection's own keys: the peer may have answered long ago.
 */
void TcpConnection::countWait()
{
	auto now = nowMs();
	auto passed = now - countedAt;
	countedAt = now;
	if(!place.isWaiting()) {
		waited += (passed < pollIntervalMs) ? passed : pollIntervalMs;
	}
}

/* Begin to watch the time of a connection. */
void TcpConnection::startClock()
{
	countedAt = nowMs();
	waited = 0;
	schedulePoll(pollIntervalMs);
}

void TcpConnection::schedulePoll(unsigned ms)
{
	pollTimer.setIntervalMs(ms);
	pollTimer.startOnce();
}

void TcpConnection::onTimer(void* arg)
{
	static_cast<TcpConnection*>(arg)->poll();
}

void TcpConnection::poll()
{
	Scope scope(*this, Scope::Kind::event);
	if(stage == Stage::closed) {
		return; // the scope deletes this
	}
	schedulePoll(pollIntervalMs);
	if(broken) {
		debug_w("TCP: %s: cannot send: %s", hostName.c_str(), getErrorText(brokenBy));
		fail(brokenBy);
		return;
	}
	checkTimeOut();
	if(!scope.isCurrent()) {
		return;
	}
	onPoll();
	if(!scope.isCurrent() || stage != Stage::open) {
		return;
	}
	if(ssl != nullptr && !pumpSsl(scope)) {
		return;
	}
	trySend(eTCE_Poll);
}

void TcpConnection::checkTimeOut()
{
	countWait();
	auto limit = timeOut;
	if(stage == Stage::handshake && handshakeTimeOut < limit) {
		limit = handshakeTimeOut;
	}
	if(limit == USHRT_MAX || waited < limit * 1000U) {
		return;
	}
	debug_w("TCP: %s: timed out", hostName.c_str());
	if(ssl != nullptr && stage == Stage::handshake) {
		ssl->fail(Ssl::Error::timeout);
		sendSslOutput();
	}
	fail(SocketError::timeout);
}
