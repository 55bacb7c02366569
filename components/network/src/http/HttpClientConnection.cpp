#include "ChunkedStream.h"
#include "HttpParser.h"
#include <Data/Stream/MemoryDataStream.h>
#include <Network/Http/HttpClientConnection.h>
#include <debug_progmem.h>

HttpClientConnection::~HttpClientConnection()
{
	releaseParser();
	delete current;
	while(waiting != nullptr) {
		auto request = waiting;
		waiting = request->next;
		delete request;
	}
}

unsigned HttpClientConnection::getRequestCount() const
{
	unsigned count = (current != nullptr);
	for(auto request = waiting; request != nullptr; request = request->next) {
		++count;
	}
	return count;
}

/*
 * A pin or a callback belongs to a request. Its connection is only shared with requests that bring the very
 * same handler; otherwise one with a pin could be sent over a connection that was verified in another way.
 */
bool HttpClientConnection::fits(const HttpRequest& request) const
{
	return request.uri.Host.equalsIgnoreCase(host) && request.uri.getPort() == port && request.useSsl() == withSsl &&
		   (!withSsl || request.sslInitDelegate == sslInitDelegate);
}

bool HttpClientConnection::send(HttpRequest* request)
{
	if(request == nullptr) {
		return false;
	}
	bool idle = isFinished() && !isProcessing();
	bool complete = request->isComplete();
	bool accepted = complete && !request->uri.Host.isEmpty() && (idle || fits(*request)) &&
					getRequestCount() < HTTP_REQUEST_POOL_SIZE;
	if(accepted && idle) {
		accepted = connectFor(*request);
	}
	if(!accepted) {
		debug_e("HTTP: request refused: %s",
				complete ? "no host, no connection or too many requests" : "out of memory");
		delete request;
		return false;
	}
	auto end = &waiting;
	while(*end != nullptr) {
		end = &(*end)->next;
	}
	*end = request;
	if(isOpen() && !isDelivering()) {
		Scope scope(*this, Scope::Kind::call);
		startRequest();
	}
	return true;
}

bool HttpClientConnection::connectFor(const HttpRequest& request)
{
	host = request.uri.Host;
	port = request.uri.getPort();
	withSsl = request.useSsl();
	sslInitDelegate = request.sslInitDelegate;
	closeWhenDone = false;
	return !host.isNull() && TcpClient::connect(host, port, withSsl);
}

void HttpClientConnection::sslInitSession(Ssl::Session& session)
{
	// The request's handler may let go of this connection
	Scope scope(*this, Scope::Kind::call);
	TcpClient::sslInitSession(session);
	if(scope.isCurrent() && waiting != nullptr && waiting->sslInitDelegate) {
		auto function = waiting->sslInitDelegate;
		function(session, *waiting);
	}
}

void HttpClientConnection::onReadyToSendData(TcpConnectionEvent sourceEvent)
{
	Scope scope(*this, Scope::Kind::call);
	if(sourceEvent == eTCE_Connected) {
		served = 0;
	}
	startRequest();
	if(scope.isCurrent()) {
		TcpClient::onReadyToSendData(sourceEvent);
	}
}

/* Begin with the next request if nothing is under way. */
void HttpClientConnection::startRequest()
{
	if(current != nullptr || waiting == nullptr || closeWhenDone || !isOpen()) {
		return;
	}
	current = waiting;
	waiting = current->next;
	current->next = nullptr;
	responseBegun = false;
	bodyLost = false;
	state = eHCS_StartSending;
	response.reset();
	if(!sendRequest(*current)) {
		bool complete = current->isComplete();
		debug_e("HTTP: request not sent: %s", complete ? "invalid header or no memory" : "no memory");
		fail(complete ? Network::SocketError::other : Network::SocketError::noMemory);
		return;
	}
	state = eHCS_WaitResponse;
}

int HttpClientConnection::onMessageBegin()
{
	if(current == nullptr) {
		debug_w("HTTP: response without a request");
		return -1;
	}
	responseBegun = true;
	return 0;
}

int HttpClientConnection::onHeadersComplete(HttpHeaders& headers)
{
	response.code = parser->getStatus();
	response.headers = std::move(headers);
	bool switching = response.code == HTTP_STATUS_SWITCHING_PROTOCOLS;
	if(response.code < HTTP_STATUS_OK && !switching) {
		return 1; // interim response (RFC 9110 §15.2), without a body: the real one follows
	}
	auto function = current->headersCompletedDelegate;
	if(function) {
		Scope scope(*this, Scope::Kind::call);
		int result = function(*this, response);
		if(!scope.isCurrent() || result != 0) {
			return -1;
		}
	}
	if(switching) {
		return 1; // what follows is the other protocol's
	}
	if(current->responseStream != nullptr) {
		response.setBuffer(current->responseStream);
		current->responseStream = nullptr;
	} else if(!current->requestBodyDelegate && response.buffer == nullptr) {
		response.setBuffer(new MemoryDataStream(HTTP_RESPONSE_BODY_LIMIT));
		if(response.buffer == nullptr) {
			return -1;
		}
	}
	// These end with their header, also where it tells a length (RFC 9112 §6.3): waiting for a body would never end
	bool bodiless = current->method == HTTP_HEAD || response.code == HTTP_STATUS_NO_CONTENT ||
					response.code == HTTP_STATUS_NOT_MODIFIED;
	return bodiless ? 1 : 0;
}

int HttpClientConnection::onBody(const char* at, size_t length)
{
	auto function = current->requestBodyDelegate;
	if(function) {
		Scope scope(*this, Scope::Kind::call);
		int result = function(*this, at, length);
		if(!scope.isCurrent() || result != 0) {
			return -1;
		}
	}
	if(response.buffer == nullptr || bodyLost) {
		return 0;
	}
	Scope scope(*this, Scope::Kind::call);
	bool written = response.buffer->write(at, length) == length;
	if(!scope.isCurrent()) {
		return -1;
	}
	if(!written) {
		debug_w("HTTP: the response is larger than its stream takes: the rest is dropped");
		bodyLost = true;
	}
	return 0;
}

int HttpClientConnection::onMessageComplete()
{
	if(response.code < HTTP_STATUS_OK && response.code != HTTP_STATUS_SWITCHING_PROTOCOLS) {
		response.headers.clear();
		return 0;
	}
	closeWhenDone = !parser->shouldKeepAlive();
	++served;
	return finishRequest(true) ? 0 : -1;
}

/* Tell who asked. @return false if the connection is not the same any more or is to be closed */
bool HttpClientConnection::finishRequest(bool success)
{
	auto request = current;
	state = eHCS_Ready;
	Scope scope(*this, Scope::Kind::call);
	int result = 0;
	auto function = request->requestCompletedDelegate;
	if(function) {
		finishing = true;
		result = function(*this, success && !bodyLost && response.isSuccess());
	}
	if(!scope.isAlive()) {
		return false; // the destructor took the request along
	}
	finishing = false;
	current = nullptr;
	delete request;
	if(!scope.isCurrent()) {
		return false;
	}
	response.freeStreams();
	if(isActive() && (closeWhenDone || result != 0)) {
		close();
		return false;
	}
	return true;
}

/* The last request was lost: may it be sent again? */
bool HttpClientConnection::mayRepeat() const
{
	if(responseBegun || bodyTaken) {
		return false;
	}
	switch(current->method) {
	case HTTP_GET:
	case HTTP_HEAD:
	case HTTP_OPTIONS:
	case HTTP_TRACE:
	case HTTP_PUT:
	case HTTP_DELETE:
		return served > 0 || current->retries > 0;
	default:
		return false;
	}
}

void HttpClientConnection::onClosed()
{
	Scope scope(*this, Scope::Kind::call);
	closeWhenDone = false;
	auto request = finishing ? nullptr : current; // its own callback may have closed this connection
	if(request != nullptr && !isFailed() && parser != nullptr && responseBegun && parser->isInMessage()) {
		// The end of the connection may be the end of the body (RFC 9112 §6.3)
		parser->finish();
		if(!scope.isCurrent()) {
			return;
		}
	}
	releaseParser();
	request = finishing ? nullptr : current;
	if(request != nullptr && mayRepeat()) {
		request->retries -= (served == 0);
		request->next = waiting;
		waiting = request;
		current = nullptr;
	} else if(request != nullptr) {
		finishRequest(false);
	} else if(waiting != nullptr && getConnectionState() == eTCS_Connecting) {
		// It could not be made: whoever asked first is told, the others get a try of their own
		request = waiting;
		if(request->retries > 0) {
			--request->retries;
		} else {
			waiting = request->next;
			request->next = nullptr;
			current = request;
			bodyLost = false;
			response.reset();
			finishRequest(false);
		}
	}
	if(!scope.isCurrent()) {
		return;
	}
	TcpClient::onClosed();
	if(!scope.isCurrent()) {
		return;
	}
	served = 0;
	while(scope.isCurrent() && waiting != nullptr && !connectFor(*waiting)) {
		if(finishing) {
			break;
		}
		current = waiting;
		waiting = current->next;
		current->next = nullptr;
		finishRequest(false);
	}
}
