/**
 * HttpClientConnection: sends requests to one host, one after the other, over connections that it keeps open as
 * long as the server does.
 *
 * A request whose connection was lost before any of the response arrived is sent again on a new one: once if the
 * connection had been used before (the server may close an idle one at any moment, RFC 9112 §9.3.1), and
 * request->retries times otherwise. Only methods that may be repeated are (RFC 9110 §9.2.2), without a body
 * stream.
 */
#pragma once

#include "HttpConnection.h"

/** Bytes of a response body kept in memory when the request has no stream for it; more makes the request fail. */
#ifndef HTTP_RESPONSE_BODY_LIMIT
#define HTTP_RESPONSE_BODY_LIMIT (16 * 1024)
#endif

class HttpClientConnection : public HttpConnection
{
public:
	explicit HttpClientConnection(bool autoDestruct = false) : HttpConnection(false, autoDestruct)
	{
	}
	/** Requests that wait are dropped without a word. */
	~HttpClientConnection() override;

	using HttpConnection::send;
	/** All requests of one connection must be for the same scheme, host and port. Connects if necessary. */
	bool send(HttpRequest* request) override;

	HttpRequest* getRequest() override
	{
		return current;
	}

	/** True when there is nothing to do. */
	bool isFinished() const
	{
		return current == nullptr && waiting == nullptr;
	}

	/** Requests that are being answered or wait. */
	unsigned getRequestCount() const;

	/** True if a request can use this connection: the same server, and the same way of verifying it. */
	bool fits(const HttpRequest& request) const;

protected:
	int onMessageBegin() override;
	int onHeadersComplete(HttpHeaders& headers) override;
	int onBody(const char* at, size_t length) override;
	int onMessageComplete() override;
	void onReadyToSendData(TcpConnectionEvent sourceEvent) override;
	void onClosed() override;
	void sslInitSession(Ssl::Session& session) override;

private:
	bool connectFor(const HttpRequest& request);
	void startRequest();
	bool sendRequest(HttpRequest& request);
	bool composeHead(HttpRequest& request, String& head, int length);
	bool finishRequest(bool success);
	bool mayRepeat() const;

	HttpRequest* waiting = nullptr; ///< queue, linked by HttpRequest::next
	HttpRequest* current = nullptr; ///< sent, response not complete
	HttpRequest::SslInitDelegate sslInitDelegate; ///< of the request that this connection was made for
	String host;
	int port = 0;
	unsigned served = 0;		///< responses on this TCP connection
	bool withSsl = false;
	bool responseBegun = false;
	bool bodyTaken = false;		///< the body stream went into the send queue
	bool bodyLost = false;		///< memory or the limit did not suffice
	bool finishing = false;		///< the callback about `current` is on the stack
	bool closeWhenDone = false; ///< the server will not serve another request
};
