/*
 * TcpConnection: connecting, receiving, sending. TLS stands in TcpConnectionSsl.cpp, time-outs and the end in
 * TcpConnectionEnd.cpp.
 *
 * Every function that calls a virtual on...() or a delegate holds a Scope and asks it afterwards. That, and not
 * a rule for applications, is what makes `delete connection` allowed everywhere.
 */
#include "TcpSocket.h"
#include <Data/Stream/DataSourceStream.h>
#include <Network/TcpConnection.h>
#include <debug_progmem.h>

using Network::SocketError;
using Network::TcpSocket;

TcpConnection::TcpConnection(bool autoDestruct) : autoSelfDestruct(autoDestruct)
{
	pollTimer.setCallback(onTimer, this);
}

TcpConnection::TcpConnection(TcpSocket* accepted, bool autoDestruct) : TcpConnection(autoDestruct)
{
	socket = accepted;
}

TcpConnection::~TcpConnection()
{
	autoSelfDestruct = false;
	pollTimer.stop();
	for(auto scope = scopes; scope != nullptr; scope = scope->outer) {
		scope->connection = nullptr;
	}
	bool abortive = (stage != Stage::open || sslBusy);
	if(!abortive && ssl != nullptr) {
		ssl->close();
	}
	dropSocket(abortive);
	releaseSsl();
	delete resumption;
	destroyedDelegate(*this);
}

bool TcpConnection::connect(const String& server, int port, bool useSsl)
{
	if(port <= 0 || port > 65535) {
		return false;
	}
	return startConnect(server, uint16_t(port), useSsl);
}

bool TcpConnection::connect(IpAddress address, uint16_t port, bool useSsl)
{
	if(port == 0 || address.isNull()) {
		return false;
	}
	return startConnect(address.toString(), port, useSsl);
}

bool TcpConnection::startConnect(const String& host, uint16_t newPort, bool withSsl)
{
	if(stage != Stage::closed) {
		debug_w("TCP: connect() refused, this connection is in use");
		return false;
	}
	releaseSsl();
	++epoch;
	hostName = host;
	if(hostName.endsWith('.')) {
		hostName.setLength(hostName.length() - 1); // "example.com." is for DNS only (RFC 6066 §3)
	}
	port = newPort;
	useSsl = withSsl;
	error = SocketError::none;
	failed = broken = receivePaused = inputHeld = remoteClosed = transportEnded = sslBusy = false;
	if(hostName.isNull()) {
		error = SocketError::noMemory;
		return false;
	}

	using Lookup = Network::NameLookup;
	stage = Stage::resolving;
	auto result = lookup.start(host, port, Lookup::Callback(&TcpConnection::onResolved, this));
	bool started = (result == Lookup::Result::pending) ||
				   (result == Lookup::Result::ready && openSocket(lookup.getAddress(), lookup.getPort()));
	if(!started) {
		if(error == SocketError::none) {
			error = SocketError::nameUnknown;
		}
		dropSocket(true);
		stage = Stage::closed;
		return false;
	}
	startClock();
	return true;
}

void TcpConnection::onResolved(IpAddress address, uint16_t targetPort)
{
	Scope scope(*this, Scope::Kind::event);
	if(address.isNull()) {
		debug_w("TCP: no address for %s", hostName.c_str());
		fail(SocketError::nameUnknown);
	} else if(!openSocket(address, targetPort)) {
		fail(error);
	}
}

bool TcpConnection::openSocket(IpAddress address, uint16_t targetPort)
{
	stage = Stage::connecting;
	socket = TcpSocket::create();
	if(socket == nullptr) {
		error = SocketError::noMemory;
		return false;
	}
	socket->setEvents(this);
	error = socket->connect(address, targetPort);
	return error == SocketError::none;
}

void TcpConnection::begin(bool withSsl)
{
	++epoch;
	useSsl = withSsl;
	stage = withSsl ? Stage::handshake : Stage::open;
	startClock();
	socket->setEvents(this);
}

void TcpConnection::beginTraffic()
{
	if(!useSsl) {
		Scope scope(*this, Scope::Kind::event);
		onConnected();
	}
	// TLS begins with the peer's first bytes: who only connects costs no session and takes no turn
}

void TcpConnection::onSocketConnected()
{
	Scope scope(*this, Scope::Kind::event);
	if(useSsl) {
		startSsl(scope, Ssl::Role::client);
		return;
	}
	stage = Stage::open;
	touch();
	onConnected();
}

void TcpConnection::onConnected()
{
	onReadyToSendData(eTCE_Connected);
}

bool TcpConnection::onReceive(char*, size_t)
{
	return true;
}

void TcpConnection::onRemoteClosed()
{
	close();
}

void TcpConnection::onReadyToSendData(TcpConnectionEvent)
{
}

/* @return false if the connection is not the same any more */
bool TcpConnection::deliver(Scope& scope, uint8_t* data, size_t length)
{
	delivering = true;
	bool accepted = onReceive(reinterpret_cast<char*>(data), length);
	if(!scope.isAlive()) {
		return false;
	}
	delivering = false;
	if(!scope.isCurrent()) {
		return false;
	}
	if(!accepted) {
		fail();
		return false;
	}
	return true;
}

size_t TcpConnection::onSocketReceived(uint8_t* data, size_t length)
{
	Scope scope(*this, Scope::Kind::event);
	touch();
	size_t taken = 0;
	if(stage == Stage::handshake && ssl == nullptr) {
		if(!awaitTurn(scope)) {
			return scope.isCurrent() ? 0 : length;
		}
	}
	if(ssl != nullptr) {
		taken = feedSsl(scope, data, length);
	} else if(!receivePaused) {
		deliver(scope, data, length);
		taken = length;
	}
	if(!scope.isCurrent()) {
		return length;
	}
	countedAt = nowMs(); // what was computed meanwhile was no waiting for the peer
	inputHeld = (taken < length);
	trySend(eTCE_Received);
	return taken;
}

void TcpConnection::onSocketEnd()
{
	Scope scope(*this, Scope::Kind::event);
	if(ssl != nullptr) {
		// Plaintext that an application leaves waiting came before the end, and is told before it
		const uint8_t* data;
		transportEnded = true;
		if(ssl->peekInput(data) == 0) {
			ssl->onTransportClosed();
		}
		if(pumpSsl(scope) && stage == Stage::handshake) {
			fail(SocketError::reset);
		}
		return;
	}
	if(stage == Stage::handshake) {
		fail(SocketError::reset); // gone without a word
		return;
	}
	remoteClosed = true;
	onRemoteClosed();
}

void TcpConnection::onSocketSent()
{
	Scope scope(*this, Scope::Kind::event);
	if(ssl != nullptr && !pumpSsl(scope)) {
		return;
	}
	if(inputHeld && !receivePaused) {
		inputHeld = false;
		socket->resume();
	}
	trySend(eTCE_Sent);
}

void TcpConnection::onSocketError(SocketError reason)
{
	Scope scope(*this, Scope::Kind::event);
	debug_w("TCP: %s: %s", hostName.c_str(), getErrorText(reason));
	if(ssl != nullptr) {
		ssl->onTransportClosed();
	}
	fail(reason);
}

void TcpConnection::onSocketAccepted(TcpSocket* accepted)
{
	accepted->abort();
}

int TcpConnection::write(const char* data, int length, uint8_t apiflags)
{
	if(stage != Stage::open || length < 0 || broken) {
		return -1;
	}
	if(length == 0) {
		return 0;
	}
	bool more = (apiflags & TCP_WRITE_FLAG_MORE) != 0;
	auto bytes = reinterpret_cast<const uint8_t*>(data);
	int taken = (ssl != nullptr) ? writeSsl(bytes, size_t(length), more) : socket->write(bytes, size_t(length), more);
	if(taken > 0) {
		touch();
	} else if(taken < 0) {
		breakOff(SocketError::reset);
	}
	return taken;
}

int TcpConnection::write(IDataSourceStream* stream)
{
	if(stream == nullptr) {
		return -1;
	}
	if(getAvailableWriteSize() == 0) {
		return isOpen() ? 0 : -1;
	}
	char buffer[TCP_STREAM_BLOCK_SIZE];
	Scope scope(*this, Scope::Kind::call);
	auto length = stream->readMemoryBlock(buffer, sizeof(buffer));
	if(!scope.isCurrent()) {
		return -1;
	}
	int taken = (length == 0) ? 0 : write(buffer, int(length), TCP_WRITE_FLAG_COPY | TCP_WRITE_FLAG_MORE);
	bool ok = taken <= 0 || stream->seek(taken);
	if(!scope.isCurrent()) {
		return -1;
	}
	bool valid = ok && stream->isValid();
	if(!scope.isCurrent()) {
		return -1;
	}
	if(!valid) {
		debug_e("TCP: %s: a stream cannot give what is to be sent", hostName.c_str());
		breakOff(SocketError::other);
		return -1;
	}
	return taken;
}

void TcpConnection::breakOff(SocketError reason)
{
	if(!broken) {
		broken = true;
		brokenBy = reason;
	}
	schedulePoll(1);
}

uint16_t TcpConnection::getAvailableWriteSize()
{
	if(stage != Stage::open || broken) {
		return 0;
	}
	const uint8_t* output;
	if(ssl != nullptr && ssl->peekOutput(output) > 0) {
		return 0;
	}
	auto space = socket->getWriteSpace();
	return (space > UINT16_MAX) ? uint16_t(UINT16_MAX) : uint16_t(space);
}

void TcpConnection::flush()
{
	if(stage != Stage::open) {
		return;
	}
	if(ssl != nullptr) {
		ssl->flush();
		if(!sendSslOutput()) {
			breakOff(SocketError::reset);
			return;
		}
	}
	socket->flush();
}

void TcpConnection::trySend(TcpConnectionEvent event)
{
	if(getAvailableWriteSize() > 0) {
		onReadyToSendData(event);
	}
}

void TcpConnection::resumeReceive()
{
	if(!receivePaused) {
		return;
	}
	receivePaused = false;
	if(stage != Stage::open) {
		return;
	}
	if(ssl != nullptr) {
		schedulePoll(1); // plaintext may wait in the session: no event of the socket would tell
	}
	if(inputHeld) {
		inputHeld = false;
		socket->resume();
	}
}

IpAddress TcpConnection::getRemoteIp() const
{
	return (socket == nullptr) ? IpAddress() : socket->getRemoteAddress();
}

uint16_t TcpConnection::getRemotePort() const
{
	return (socket == nullptr) ? 0 : socket->getRemotePort();
}

IpAddress TcpConnection::getLocalIp() const
{
	return (socket == nullptr) ? IpAddress() : socket->getLocalAddress();
}

uint16_t TcpConnection::getLocalPort() const
{
	return (socket == nullptr) ? 0 : socket->getLocalPort();
}
