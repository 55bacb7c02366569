/* TcpConnection: the pump between the socket and the TLS session. */
#include "TcpGather.h"
#include "TcpSocket.h"
#include "plainAlert.h"
#include <Network/TcpConnection.h>
#include <debug_progmem.h>

using Network::SocketError;

bool TcpConnection::enableSsl(const String& name)
{
	if(stage != Stage::open || ssl != nullptr) {
		return false;
	}
	Scope scope(*this, Scope::Kind::call);
	useSsl = true;
	if(name) {
		hostName = name;
	}
	return startSsl(scope, Ssl::Role::client);
}

bool TcpConnection::startSsl(Scope& scope, Ssl::Role role)
{
	stage = Stage::handshake;
	ssl = new Ssl::Session;
	if(ssl == nullptr) {
		if(role == Ssl::Role::server) {
			Network::sendPlainAlert(*socket, Ssl::alertFor(Ssl::Error::noMemory));
		}
		fail(SocketError::noMemory);
		return false;
	}
	if(role == Ssl::Role::client) {
		ssl->hostName = hostName;
		ssl->port = port;
		if(ssl->hostName.isNull()) {
			fail(SocketError::noMemory);
			return false;
		}
		ssl->setResumption(takeResumption());
	}
	ssl->serverShare = sslShare;
	sslInitSession(*ssl);
	if(!scope.isCurrent()) {
		return false;
	}
	sslBusy = true; // validators may be asked about the session that is to be resumed
	bool started = ssl->start(role);
	if(!scope.isAlive()) {
		return false;
	}
	sslBusy = false;
	if(!scope.isCurrent()) {
		return false;
	}
	if(!started) {
		sendSslOutput(); // a server without memory says so
		reportSslFailure();
		return false;
	}
	return pumpSsl(scope);
}

/*
 * A server's handshake begins when it is its turn. What the peer sent waits in the socket until then.
 * @return true when the session is there
 */
bool TcpConnection::awaitTurn(Scope& scope)
{
	if(place.isWaiting()) {
		return false;
	}
	if(!place.isAdmitted() && !Ssl::HandshakeQueue::getDefault().enter(
								  place, Ssl::HandshakeQueue::Callback(&TcpConnection::onTurn, this))) {
		return false;
	}
	return startSsl(scope, Ssl::Role::server);
}

void TcpConnection::onTurn()
{
	countedAt = nowMs(); // the wait was none for the peer
	if(socket != nullptr) {
		socket->resume(); // what waits in it begins the handshake; or the peer is gone, and nothing is computed
	}
}

Ssl::Resumption* TcpConnection::takeResumption()
{
	auto kept = resumption;
	resumption = nullptr;
	return kept;
}

void TcpConnection::setResumption(Ssl::Resumption* newResumption)
{
	if(newResumption != resumption) {
		delete resumption;
		resumption = newResumption;
	}
}

/*
 * A session that ended by an error is not resumed (RFC 5246 §7.2.2). One that was cut off is: that counted as an error
 * before TLS 1.1 only (§7.2.1), and many servers never say close_notify.
 */
void TcpConnection::keepResumption()
{
	if(ssl != nullptr && ssl->getState() == Ssl::State::failed && ssl->getError() != Ssl::Error::truncated) {
		setResumption(nullptr);
	}
}

/*
 * The last bytes of a handshake may be ours: then a callback judges the peer from within consumeOutput(). Its messages
 * leave together, where the engine gives a record each.
 * @return false when the socket is dead, or the connection not the same any more
 */
bool TcpConnection::sendSslOutput()
{
	Scope scope(*this, Scope::Kind::call);
	const uint8_t* data;
	size_t length = ssl->peekOutput(data);
	if(length == 0) {
		return true;
	}
	Network::TcpGather gather(*socket, stage == Stage::handshake);
	bool any = false;
	for(; length > 0; length = ssl->peekOutput(data)) {
		int taken = gather.write(data, length);
		if(taken < 0) {
			return false;
		}
		if(taken == 0) {
			break;
		}
		auto wasBusy = sslBusy;
		sslBusy = true;
		ssl->consumeOutput(size_t(taken));
		if(!scope.isAlive()) {
			return false;
		}
		sslBusy = wasBusy;
		if(!scope.isCurrent()) {
			return false;
		}
		any = true;
	}
	if(any) {
		touch();
	}
	return gather.flush();
}

/* Also true when the peer's close_notify came together with its last words of the handshake. */
bool TcpConnection::isHandshakeDone() const
{
	auto state = ssl->getState();
	auto connection = ssl->getConnection();
	return state != Ssl::State::failed && connection != nullptr && connection->isHandshakeDone();
}

/*
 * Act on everything the session has to say: output first, then the end of the handshake, plaintext, the end.
 * Plaintext that came before a failure or close_notify is still delivered.
 * @return false if the connection is not the same any more
 */
bool TcpConnection::pumpSsl(Scope& scope)
{
	if(remoteClosed) {
		return true;
	}
	for(;;) {
		bool sent = sendSslOutput();
		if(!scope.isCurrent()) {
			return false;
		}
		if(!sent && ssl->getState() < Ssl::State::closing) {
			debug_w("TCP: %s: cannot send: %s", hostName.c_str(), getErrorText(SocketError::reset));
			fail(SocketError::reset);
			return false;
		}
		if(stage == Stage::handshake && isHandshakeDone()) {
			stage = Stage::open;
			touch();
			place.leave();
			setResumption(ssl->takeResumption());
			onConnected();
			if(!scope.isCurrent()) {
				return false;
			}
			continue;
		}
		const uint8_t* data = nullptr;
		size_t length = ssl->peekInput(data);
		if(length == 0) {
			break;
		}
		if(receivePaused) {
			return true;
		}
		if(!deliver(scope, const_cast<uint8_t*>(data), length)) {
			return false;
		}
		ssl->consumeInput(length);
	}

	if(transportEnded) {
		ssl->onTransportClosed();
	}
	switch(ssl->getState()) {
	case Ssl::State::failed:
		reportSslFailure();
		return false;
	case Ssl::State::closing:
	case Ssl::State::closed:
		// close() of ours would have ended this connection: the peer said close_notify
		if(stage == Stage::handshake) {
			fail(SocketError::reset);
			return false;
		}
		remoteClosed = true;
		onRemoteClosed();
		return scope.isCurrent();
	default:
		return true;
	}
}

/*
 * Records are opened in `data` itself; plaintext that the application does not take now is moved out of it.
 * @return bytes taken; fewer than `length` while the application is paused or output cannot leave
 */
size_t TcpConnection::feedSsl(Scope& scope, uint8_t* data, size_t length)
{
	size_t used = 0;
	bool stuck = false;
	while(used < length) {
		sslBusy = true;
		auto taken = ssl->feedInPlace(data + used, length - used);
		if(!scope.isAlive()) {
			return length;
		}
		sslBusy = false;
		if(!scope.isCurrent()) {
			return length;
		}
		used += taken;
		if(!pumpSsl(scope)) {
			return length;
		}
		// Nothing taken twice running, although the pump did what it could: it takes an event to go on
		if(taken == 0 && stuck) {
			break;
		}
		stuck = (taken == 0);
	}
	if(!ssl->keepInput() && !pumpSsl(scope)) {
		return length;
	}
	return used;
}

int TcpConnection::writeSsl(const uint8_t* data, size_t length, bool more)
{
	size_t total = 0;
	while(total < length) {
		const uint8_t* output;
		if(!sendSslOutput()) {
			return -1;
		}
		if(ssl->peekOutput(output) > 0) {
			break; // the socket is full
		}
		int taken = ssl->write(data + total, length - total);
		if(taken < 0) {
			return (total > 0) ? int(total) : -1;
		}
		total += size_t(taken);
		if(taken == 0) {
			ssl->flush();
			if(ssl->peekOutput(output) == 0) {
				break; // the engine is busy with input: later
			}
		}
	}
	if(!more) {
		ssl->flush();
	}
	return sendSslOutput() ? int(total) : -1;
}

void TcpConnection::reportSslFailure()
{
	debug_e("TLS: %s: %s", hostName.c_str(), ssl->getErrorString().c_str());
	fail(SocketError::other);
}

/* Delete the session, or leave it to the outermost scope when one of its functions may be on the stack. */
void TcpConnection::releaseSsl()
{
	auto old = ssl;
	ssl = nullptr;
	if(old == nullptr) {
		return;
	}
	auto scope = scopes;
	while(scope != nullptr && scope->outer != nullptr) {
		scope = scope->outer;
	}
	if(scope != nullptr && scope->orphan == nullptr) {
		scope->orphan = old;
	} else {
		delete old;
	}
}
