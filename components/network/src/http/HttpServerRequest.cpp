/* HttpServerConnection: what the parser reports, and who is told. */
#include "HttpGuard.h"
#include "HttpParser.h"
#include "requestRules.h"
#include <Network/Http/HttpResourceTree.h>
#include <Network/Http/HttpServerConnection.h>
#include <debug_progmem.h>
#include <utility>

int HttpServerConnection::onMessageBegin()
{
	bodyReceived = 0;
	hasContentError = false;
	response.reset();
	return 0;
}

/* Answer with `code` when the parser is off the stack. */
int HttpServerConnection::refuse(HttpStatus code)
{
	refusal = code;
	return -1;
}

int HttpServerConnection::onPath(const Url& uri)
{
	request.method = parser->getMethod();
	if(request.method == HTTP_CONNECT || request.method == HTTP_TRACE) {
		return refuse(HTTP_STATUS_NOT_IMPLEMENTED);
	}
	// A target with scheme and host is one for this server, too (RFC 9112 §3.2.2), but not without host or with a user
	bool absolute = uri.Scheme.length() > 0;
	if(uri.Path == "*" && request.method != HTTP_OPTIONS) {
		return refuse(HTTP_STATUS_BAD_REQUEST);
	}
	if(!absolute && (uri.Host.length() > 0 || uri.User.length() > 0)) {
		// "//host/path" is a path (RFC 9112 §3.2.1), and a proxy in front looked at it as one: it is not "/path"
		return refuse(HTTP_STATUS_NOT_FOUND);
	}
	if(!uri.isValid() || strlen(uri.Path.c_str()) != uri.Path.length() ||
	   (absolute && (uri.Host.isEmpty() || uri.User.length() > 0))) {
		return refuse(HTTP_STATUS_BAD_REQUEST);
	}
	request.uri = uri;
	if(request.uri.Path.length() != uri.Path.length()) {
		return refuse(HTTP_STATUS_SERVICE_UNAVAILABLE);
	}
	Scope scope(*this, Scope::Kind::call);
	useResource(resourceTree == nullptr ? nullptr : resourceTree->resolve(request.uri.Path));
	return scope.isCurrent() ? 0 : -1;
}

void HttpServerConnection::useResource(HttpResource* next)
{
	if(next != nullptr) {
		next->retain();
	}
	auto old = resource;
	resource = next;
	if(old != nullptr) {
		if(old != next) {
			old->shutdown(*this);
		}
		old->release();
	}
}

int HttpServerConnection::onHeadersComplete(HttpHeaders& headers)
{
	request.headers = std::move(headers);
	bool chunked = false;
	auto status = checkFraming(request.headers, parser->getMinorVersion(), chunked);
	if(status != HttpStatus{}) {
		return refuse(status);
	}
	auto length = parser->getContentLength();
	if(chunked) {
		guard->setChunked();
	} else {
		guard->setBody(length);
		if(isBodyTooLarge(length)) {
			return refuse(HTTP_STATUS_PAYLOAD_TOO_LARGE);
		}
	}
	bool hasBody = chunked || length > 0;
	response.acceptsGzip = acceptsGzip(request.headers);
	if(hasBody) {
		parser->ignoreUpgrade(); // nobody asks like that for another protocol
	}
	enter(Phase::body);

	Scope scope(*this, Scope::Kind::call);
	if(resource != nullptr) {
		if(!callResource(resource->onUrlComplete, HTTP_STATUS_BAD_REQUEST) ||
		   !callResource(resource->onHeadersComplete, HTTP_STATUS_BAD_REQUEST)) {
			return -1;
		}
	}
	bool switching = response.code == HTTP_STATUS_SWITCHING_PROTOCOLS;
	if(switching && !parser->isUpgrade()) {
		return refuse(HTTP_STATUS_BAD_REQUEST);
	}
	if(!switching) {
		parser->ignoreUpgrade(); // as a server may that does not want to (RFC 9110 §7.8)
	}
	if(hasBody) {
		if(!startBodyParser()) {
			return -1;
		}
		status = answerExpectation();
	}
	return !scope.isCurrent() ? -1 : (status != HttpStatus{}) ? refuse(status) : 0;
}

/* @return false if the request is not to be gone on with */
bool HttpServerConnection::callResource(const HttpResourceDelegate& delegate, HttpStatus fallback)
{
	if(!delegate) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	auto function = delegate; // the application may replace the resource while it runs
	int result = function(*this, request, response);
	if(!scope.isCurrent()) {
		return false;
	}
	if(result != 0) {
		refuse(response.code >= HTTP_STATUS_BAD_REQUEST ? response.code : fallback);
		return false;
	}
	return true;
}

bool HttpServerConnection::isBodyTooLarge(uint64_t length) const
{
	auto limit = (resource != nullptr && resource->maxBodySize != 0) ? resource->maxBodySize : settings->maxBodySize;
	return length > limit;
}

/* RFC 9110 §10.1.1 */
HttpStatus HttpServerConnection::answerExpectation()
{
	if(!request.headers.contains(HTTP_HEADER_EXPECT) || parser->getMinorVersion() == 0) {
		return HttpStatus{};
	}
	if(!request.headers[HTTP_HEADER_EXPECT].equalsIgnoreCase("100-continue")) {
		return HTTP_STATUS_EXPECTATION_FAILED;
	}
	bool sent = sendString(F("HTTP/1.1 100 Continue\r\n\r\n"));
	return sent ? HttpStatus{} : HTTP_STATUS_SERVICE_UNAVAILABLE;
}

/*
 * The body parser's state is kept apart from what the application has in request.args: one must not free, or take for its
 * own, what belongs to the other.
 */
size_t HttpServerConnection::callBodyParser(HttpBodyParserDelegate parser, const char* at, int length)
{
	Scope scope(*this, Scope::Kind::call);
	bool nested = parsingBody; // the parser lets go of this connection, which tells it that the body is over
	if(!nested) {
		std::swap(request.args, parserArgs);
		parsingBody = true;
	}
	auto result = parser(request, at, length);
	if(scope.isAlive() && !nested) {
		std::swap(request.args, parserArgs);
		parsingBody = false;
	}
	return result;
}

/* @return false if the connection is not the same any more */
bool HttpServerConnection::startBodyParser()
{
	if(bodyParsers == nullptr) {
		return true;
	}
	bodyParser = findBodyParser(*bodyParsers, request.headers[HTTP_HEADER_CONTENT_TYPE]);
	if(!bodyParser) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	callBodyParser(bodyParser, nullptr, PARSE_DATASTART);
	return scope.isCurrent();
}

/* @return false when its parser finds only now that the body is not valid */
bool HttpServerConnection::endBodyParser()
{
	auto function = bodyParser;
	bodyParser = nullptr;
	if(!function) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	bool valid = callBodyParser(function, nullptr, PARSE_DATAEND) != PARSE_FAILED;
	if(scope.isAlive() && request.args == nullptr) {
		std::swap(request.args, parserArgs);
	}
	return valid;
}

int HttpServerConnection::onBody(const char* at, size_t length)
{
	bodyReceived += length;
	if(isBodyTooLarge(bodyReceived)) {
		return refuse(HTTP_STATUS_PAYLOAD_TOO_LARGE);
	}
	if(hasContentError) {
		return 0;
	}
	auto data = const_cast<char*>(at);
	int left = int(length);
	if(resource != nullptr && resource->onBody) {
		Scope scope(*this, Scope::Kind::call);
		auto function = resource->onBody;
		bool taken = function(*this, request, &data, &left) == 0;
		if(!scope.isCurrent()) {
			return -1;
		}
		hasContentError = !taken;
	}
	if(bodyParser && !hasContentError && left > 0) {
		Scope scope(*this, Scope::Kind::call);
		bool taken = callBodyParser(bodyParser, data, left) == size_t(left);
		if(!scope.isCurrent()) {
			return -1;
		}
		hasContentError = !taken;
	}
	return (hasContentError && settings->closeOnContentError) ? refuse(contentErrorCode()) : 0;
}

HttpStatus HttpServerConnection::contentErrorCode() const
{
	return response.code >= HTTP_STATUS_BAD_REQUEST ? response.code : HTTP_STATUS_BAD_REQUEST;
}

int HttpServerConnection::onMessageComplete()
{
	if(phase != Phase::body) {
		return 0;
	}
	closeWhenDone = closeWhenDone || !parser->shouldKeepAlive() || settings->keepAliveSeconds == 0;
	Scope scope(*this, Scope::Kind::call);
	bool valid = endBodyParser();
	if(!scope.isCurrent()) {
		return -1;
	}
	if(hasContentError || !valid) {
		response.code = contentErrorCode();
	} else if(resource == nullptr) {
		response.code = HTTP_STATUS_NOT_FOUND;
	} else if(!callResource(resource->onRequestComplete, HTTP_STATUS_INTERNAL_SERVER_ERROR)) {
		return -1;
	}
	enter(Phase::responding);
	if(!sendResponse()) {
		fail(Network::SocketError::noMemory);
		return -1;
	}
	return 0;
}

/* The parser, or a function above, does not want this request. */
void HttpServerConnection::onHttpError(HttpError error)
{
	auto code = (refusal != HttpStatus{}) ? refusal : statusOf(error);
	debug_w("HTTP: request refused: %u (%s)", unsigned(code), toString(error).c_str());
	sendError(code);
}

/* @return false if the connection is not the same any more */
bool HttpServerConnection::endRequest()
{
	Scope scope(*this, Scope::Kind::call);
	endBodyParser();
	if(!scope.isCurrent()) {
		return false;
	}
	request.reset();
	request.headers.clear();
	request.uri = Url();
	request.args = parserArgs = nullptr;
	request.method = HTTP_GET;
	response.reset();
	lostSomething = false;
	return scope.isCurrent(); // streams of the application went
}
