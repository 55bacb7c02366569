/* HttpServerConnection: how a response is put on the wire. */
#include "ChunkedStream.h"
#include "HttpGuard.h"
#include "HttpParser.h"
#include "SizedStream.h"
#include "headText.h"
#include <Data/Stream/MemoryDataStream.h>
#include <DateTime.h>
#include <Network/Http/HttpServerConnection.h>
#include <debug_progmem.h>
#include <hal.h>

/** Send a "Server" field with each response. */
#ifndef HTTP_SERVER_EXPOSE_NAME
#define HTTP_SERVER_EXPOSE_NAME 1
#endif

namespace
{
/* RFC 9110 §6.4.1, §15.3.5 */
bool isBodiless(HttpStatus code)
{
	return code < HTTP_STATUS_OK || code == HTTP_STATUS_NO_CONTENT || code == HTTP_STATUS_NOT_MODIFIED;
}

/* What a stream in memory holds is the response's own; of others the end is known when it is there. */
bool mayChange(const IDataSourceStream& body)
{
	auto type = body.getStreamType();
	return type != eSST_Memory && type != eSST_MemoryWritable;
}

/* What is sent when the response cannot be: a field that would break the head, or no memory. */
constexpr char lastWords[] = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

constexpr char busyWords[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
							 "Connection: close\r\n\r\n";

} // namespace

/* Send the connection away with next to no memory. */
void HttpServerConnection::refuseBusy()
{
	closeWhenDone = true;
	enter(Phase::ending);
	if(!TcpClient::send(busyWords, sizeof(busyWords) - 1)) {
		fail(Network::SocketError::noMemory);
		return;
	}
	setCloseAfterSent(true);
	pollSoon();
}

/* A few words for people, for errors that the application said nothing about. */
void HttpServerConnection::describeError(const String& message)
{
	String text = message ? message : String(unsigned(response.code)) + " " + toString(response.code);
	text += "\n";
	response.headers.set(HTTP_HEADER_CONTENT_TYPE, F("text/plain; charset=utf-8"));
	response.sendString(std::move(text));
}

/* Say with next to no memory that there is no response. @return false when not even that can be sent */
bool HttpServerConnection::sendLastWords()
{
	closeWhenDone = true;
	parser->ignoreUpgrade(); // the client does not know of a change of protocol
	if(lacksMemory()) {
		debug_w("HTTP: response not sent: no memory");
		return TcpClient::send(busyWords, sizeof(busyWords) - 1);
	}
	debug_e("HTTP: response not sent: invalid header or body");
	return TcpClient::send(lastWords, sizeof(lastWords) - 1);
}

/* @return false when not even an error can be sent */
bool HttpServerConnection::sendResponse()
{
	if(response.stream == nullptr && response.code >= HTTP_STATUS_BAD_REQUEST) {
		describeError(nullptr);
	}
	auto body = response.takeStream();
	bool failed = response.isIncomplete() || (body != nullptr && !body->isValid());
	int length = (body == nullptr) ? 0 : body->available();
	bool bodiless = isBodiless(response.code);
	// A server's own error is no less true
	bool mayBeWrong = response.code < HTTP_STATUS_INTERNAL_SERVER_ERROR;
	bool old = parser->getMinorVersion() == 0;
	if(length < 0 && old && !bodiless) {
		closeWhenDone = true; // the end of the connection is the end of the body
	}
	String head;
	if(failed || !composeHead(head, length, length < 0 && !old) || (mayBeWrong && lacksMemory())) {
		delete body;
		return sendLastWords();
	}
	if(body != nullptr && (bodiless || request.method == HTTP_HEAD || length == 0)) {
		delete body;
		body = nullptr;
	}
	if(body != nullptr && (length >= 0 ? mayChange(*body) : !old)) {
		IDataSourceStream* framed = nullptr;
		if(length < 0) {
			framed = new ChunkedStream(body);
		} else {
			framed = new SizedStream(body, size_t(length));
		}
		if(framed == nullptr) {
			delete body;
			return sendLastWords();
		}
		body = framed;
	}
	if(!TcpClient::send(head.c_str(), head.length())) {
		delete body;
		return false;
	}
	return body == nullptr || TcpClient::send(body);
}

/* Status line and header fields (RFC 9112 §4, §6). @return false when a value is not allowed or memory ran out */
bool HttpServerConnection::composeHead(String& head, int bodyLength, bool chunked)
{
	auto& headers = response.headers;
	auto code = response.code;
	bool ok = head.reserve(256) && head.concat("HTTP/1.1 ") && head.concat(String(unsigned(code))) && head.concat(' ') &&
			  head.concat(toString(code)) && head.concat("\r\n");
	ok = ok && addFields(head, headers);
	if(code >= HTTP_STATUS_OK && code != HTTP_STATUS_NO_CONTENT && code != HTTP_STATUS_NOT_MODIFIED) {
		if(chunked) {
			ok = ok && addField(head, "Transfer-Encoding", "chunked");
		} else if(bodyLength >= 0) {
			ok = ok && addField(head, "Content-Length", String(bodyLength));
		}
	}
	if(!headers.contains(HTTP_HEADER_CONNECTION)) {
		ok = ok && addField(head, "Connection", closeWhenDone ? "close" : "keep-alive");
	} else if(headers[HTTP_HEADER_CONNECTION].equalsIgnoreCase("close")) {
		closeWhenDone = true;
	}
#if HTTP_SERVER_EXPOSE_NAME
	if(!headers.contains(HTTP_HEADER_SERVER)) {
		ok = ok && addField(head, "Server", F("HttpServer/Sming"));
	}
#endif
	int64_t now;
	if(!headers.contains(HTTP_HEADER_DATE) && hal_wall_clock_get(&now)) {
		ok = ok && addField(head, "Date", DateTime(time_t(now)).toHTTPDate());
	}
	return ok && head.concat("\r\n");
}

void HttpServerConnection::sendError(HttpStatus code, const String& message)
{
	if(phase == Phase::ending || !isOpen()) {
		return;
	}
	failures = Memory::failures(); // what others lost meanwhile does not count
	closeWhenDone = true;
	bool answered = (phase == Phase::responding);
	enter(Phase::ending);
	if(!answered) {
		if(response.stream == nullptr || response.code != code) {
			response.reset();
			response.code = code;
			describeError(message);
		}
		sendResponse();
	}
	if(endRequest()) {
		setCloseAfterSent(true);
		pollSoon();
	}
}

/* The response is on its way: what is next? */
void HttpServerConnection::finishResponse()
{
	++served;
	if(closeWhenDone) {
		enter(Phase::ending);
		close();
		return;
	}
	if(endRequest()) {
		guard->begin(settings->maxUrlLength);
		enter(Phase::idle);
	}
}
