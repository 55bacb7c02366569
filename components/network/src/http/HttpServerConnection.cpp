/*
 * HttpServerConnection: what is received, phases and their time limits. The requests themselves stand in
 * HttpServerRequest.cpp, the responses in HttpServerSend.cpp.
 */
#include "HttpGuard.h"
#include "HttpParser.h"
#include <Network/Http/HttpResourceTree.h>
#include <Network/Http/HttpServerConnection.h>
#include <debug_progmem.h>

namespace
{
const HttpServerSettings defaultSettings;

/* Requests that are answered in one turn of the loop: other connections want theirs, too. */
constexpr unsigned maxRequestsPerTurn = 16;

/* More than one poll's interval has only passed because the loop was busy: that is not the client's fault. */
constexpr uint32_t pollMs = 500;

} // namespace

HttpServerConnection::HttpServerConnection(Network::TcpSocket* accepted)
	: HttpConnection(accepted), settings(&defaultSettings)
{
	enter(Phase::idle);
}

HttpServerConnection::~HttpServerConnection()
{
	releaseParser();
	endBodyParser();
	if(resource != nullptr) {
		resource->shutdown(*this);
		resource->release();
	}
	delete guard;
	Memory::release(kept);
}

void HttpServerConnection::setSettings(const HttpServerSettings* newSettings)
{
	settings = newSettings;
	setTimeOut(settings->headSeconds);
}

void HttpServerConnection::enter(Phase next)
{
	phase = next;
	phaseMs = 0;
	polledAt = nowMs();
	// While a response leaves, the client has to take some of it every now and then
	setTimeOut(next == Phase::responding ? settings->sendSeconds : USHRT_MAX);
}

void HttpServerConnection::onConnected()
{
	if(guard == nullptr) {
		guard = new HttpGuard;
	}
	if(guard != nullptr && Memory::available() >= HTTP_SERVER_REQUEST_HEAP) {
		guard->begin(settings->maxUrlLength);
		enter(Phase::idle);
		HttpConnection::onConnected();
		return;
	}
	debug_w("HTTP: no memory for requests on another connection");
	Scope scope(*this, Scope::Kind::call);
	TcpClient::onConnected();
	if(scope.isCurrent()) {
		refuseBusy();
	}
}

bool HttpServerConnection::onReceive(char* data, size_t length)
{
	if(parser == nullptr) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	auto used = (kept == nullptr) ? receive(data, length) : 0;
	if(scope.isCurrent() && used < length && !keep(data + used, length - used)) {
		// The client sees the connection end after a response and asks again for what it sent ahead
		debug_w("HTTP: no memory for requests sent ahead");
		closeWhenDone = true;
		dropInput = true;
	}
	return true;
}

/* @return bytes that were used; the rest comes again when the response is on its way */
size_t HttpServerConnection::receive(char* data, size_t length)
{
	Scope scope(*this, Scope::Kind::call);
	size_t used = 0;
	while(used < length) {
		if(phase == Phase::ending || dropInput) {
			return length;
		}
		if(phase == Phase::responding) {
			break;
		}
		if(phase == Phase::upgraded) {
			if(!onUpgradedData(data + used, length - used) && scope.isCurrent()) {
				fail();
			}
			return length;
		}
		auto part = guard->check(data + used, length - used);
		if(phase == Phase::idle && guard->hasBegun()) {
			enter(Phase::head);
		}
		if(guard->getError() != HttpStatus{}) {
			sendError(guard->getError());
			return length;
		}
		refusal = HttpStatus{};
		failures = Memory::failures();
		bool ok = parser->execute(data + used, part);
		if(!scope.isCurrent()) {
			return length;
		}
		used += part;
		lacksMemory();
		if(!ok) {
			onHttpError(parser->getError());
			return length;
		}
		if(parser->isUpgrade() && !onProtocolUpgrade()) {
			if(scope.isCurrent()) {
				fail();
			}
			return length;
		}
		if(!scope.isCurrent()) {
			return length;
		}
	}
	return used;
}

/*
 * What runs within the parser, also the application's functions, may lose a field, a parameter or a piece of text without
 * a word when memory runs out. Whatever is answered then may be wrong.
 */
bool HttpServerConnection::lacksMemory()
{
	lostSomething = lostSomething || failures != Memory::failures();
	failures = Memory::failures();
	return lostSomething;
}

/* Hold what a client sent ahead. Nothing more is received until it is used. */
bool HttpServerConnection::keep(const char* data, size_t length)
{
	auto larger = static_cast<char*>(Memory::reallocate(kept, keptLength + length, Memory::Tag::network));
	if(larger == nullptr) {
		return false;
	}
	kept = larger;
	memcpy(kept + keptLength, data, length);
	keptLength += length;
	holdReceive = true;
	pauseReceive();
	return true;
}

/* Callbacks may delete this object and still have in their hands what they were given; or come here by commit(). */
void HttpServerConnection::receiveKept()
{
	Scope scope(*this, Scope::Kind::call);
	auto block = kept;
	kept = nullptr;
	auto used = receive(block + keptUsed, keptLength - keptUsed);
	if(scope.isCurrent() && keptUsed + used < keptLength) {
		keptUsed += used;
		kept = block;
		return;
	}
	Memory::release(block);
	if(!scope.isAlive()) {
		return;
	}
	keptLength = keptUsed = 0;
	if(scope.isCurrent()) {
		holdReceive = false;
		resumeReceive();
	}
}

void HttpServerConnection::onReadyToSendData(TcpConnectionEvent sourceEvent)
{
	Scope scope(*this, Scope::Kind::call);
	for(unsigned i = 0; i < maxRequestsPerTurn; ++i) {
		HttpConnection::onReadyToSendData(sourceEvent);
		if(!scope.isCurrent() || hasQueued()) {
			return;
		}
		if(phase == Phase::responding) {
			finishResponse();
			if(!scope.isCurrent()) {
				return;
			}
		}
		if(kept == nullptr) {
			return;
		}
		receiveKept();
		if(!scope.isCurrent()) {
			return;
		}
	}
	pollSoon();
}

void HttpServerConnection::onPoll()
{
	auto now = nowMs();
	auto passed = now - polledAt;
	polledAt = now;
	phaseMs += (passed < pollMs) ? passed : pollMs;
	if(isOpen()) {
		checkDeadline();
	}
}

void HttpServerConnection::checkDeadline()
{
	auto late = [this](uint32_t seconds) { return phaseMs >= seconds * 1000; };
	switch(phase) {
	case Phase::idle:
		if(late(served == 0 ? settings->headSeconds : settings->keepAliveSeconds)) {
			close();
		}
		break;
	case Phase::head:
		if(late(settings->headSeconds)) {
			sendError(HTTP_STATUS_REQUEST_TIMEOUT);
		}
		break;
	case Phase::body: {
		auto rate = (settings->minBodyRate == 0) ? 1 : settings->minBodyRate;
		if(late(settings->bodySeconds + uint32_t(bodyReceived / rate))) {
			sendError(HTTP_STATUS_REQUEST_TIMEOUT);
		}
		break;
	}
	case Phase::ending:
		if(late(settings->sendSeconds)) {
			fail(Network::SocketError::timeout);
		}
		break;
	case Phase::responding:
	case Phase::upgraded:
		break;
	}
}

bool HttpServerConnection::onProtocolUpgrade()
{
	upgraded = true;
	enter(Phase::upgraded);
	if(getUpgrade() != nullptr) {
		return HttpConnection::onProtocolUpgrade();
	}
	auto function = upgradeCallback;
	return function ? function() : true;
}

bool HttpServerConnection::onUpgradedData(char* data, size_t length)
{
	if(getUpgrade() != nullptr) {
		return HttpConnection::onUpgradedData(data, length);
	}
	if(resource == nullptr || !resource->onUpgrade) {
		return false;
	}
	Scope scope(*this, Scope::Kind::call);
	auto function = resource->onUpgrade;
	bool ok = function(*this, request, data, int(length)) == 0;
	if(scope.isCurrent()) {
		pauseIfFull();
	}
	return ok;
}
