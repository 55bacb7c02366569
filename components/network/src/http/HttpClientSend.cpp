/* HttpClientConnection: how a request is put on the wire. */
#include "ChunkedStream.h"
#include "SizedStream.h"
#include "headText.h"
#include <Network/Http/HttpClientConnection.h>

bool HttpClientConnection::sendRequest(HttpRequest& request)
{
	bodyTaken = false;
	// A handler may have added something since it was accepted
	if(!request.isComplete()) {
		return false;
	}
	bool hasForm = request.postParams.count() > 0;
	if(hasForm && request.bodyStream == nullptr) {
		auto form = request.postParams.toString();
		if(form.isNull()) {
			return false;
		}
		if(!request.headers.contains(HTTP_HEADER_CONTENT_TYPE) &&
		   !request.headers.set(HTTP_HEADER_CONTENT_TYPE, F("application/x-www-form-urlencoded"))) {
			return false;
		}
		request.setBody(std::move(form));
		if(!request.complete) {
			return false;
		}
	}

	// Asked for once: a file may grow between one answer and the next
	int length = (request.bodyStream == nullptr) ? 0 : request.bodyStream->available();
	String head;
	if(!composeHead(request, head, length) || !TcpClient::send(head.c_str(), head.length())) {
		return false;
	}
	if(request.bodyStream == nullptr) {
		return true;
	}
	auto body = request.bodyStream;
	request.bodyStream = nullptr;
	bodyTaken = true;
	IDataSourceStream* framed = nullptr;
	if(length < 0) {
		framed = new ChunkedStream(body);
	} else {
		framed = new SizedStream(body, size_t(length));
	}
	if(framed == nullptr) {
		delete body;
		return false;
	}
	return TcpClient::send(framed);
}

/* Request line and header fields (RFC 9112 §3, §6). @return false when a value is not allowed or memory ran out */
bool HttpClientConnection::composeHead(HttpRequest& request, String& head, int length)
{
	auto target = request.uri.getPathWithQuery();
	auto hostName = request.uri.getHostWithPort();
	if(target.isNull() || hostName.isNull()) {
		return false;
	}
	bool ok = head.concat(toString(request.method)) && head.concat(' ') && head.concat(target) &&
			  head.concat(" HTTP/1.1\r\n");
	if(!request.headers.contains(HTTP_HEADER_HOST)) {
		ok = ok && addField(head, "Host", hostName);
	}
	if(!request.headers.contains(HTTP_HEADER_USER_AGENT)) {
		ok = ok && addField(head, "User-Agent", F("HttpClient/Sming"));
	}
	ok = ok && addFields(head, request.headers);
	bool mayHaveBody = request.method == HTTP_POST || request.method == HTTP_PUT || request.method == HTTP_PATCH;
	if(length < 0) {
		ok = ok && addField(head, "Transfer-Encoding", "chunked");
	} else if(request.bodyStream != nullptr || mayHaveBody) {
		ok = ok && addField(head, "Content-Length", String(length));
	}
	return ok && head.concat("\r\n");
}
