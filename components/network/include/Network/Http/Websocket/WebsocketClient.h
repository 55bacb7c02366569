/**
 * WebsocketClient: connects to a server of WebSocket (RFC 6455), "ws://…" or, over TLS, "wss://…".
 *
 *     WebsocketClient client;
 *     client.setMessageHandler(onMessage);
 *     client.setDisconnectionHandler(onEnd);
 *     client.connect(String("wss://device.local/ws"));
 *
 * The disconnection handler is also called when connecting failed after connect() returned true; connect() may be
 * called from there again. The server's certificate is verified as for any other connection, see Ssl::Session.
 */
#pragma once

#include "../HttpClientConnection.h"
#include "WebsocketConnection.h"

class WebsocketClient : protected WebsocketConnection
{
public:
	/** @param connection to be used, and to outlive this object; nullptr: one of its own */
	explicit WebsocketClient(HttpConnection* connection = nullptr) : WebsocketConnection(connection), given(connection)
	{
	}
	~WebsocketClient() override;

	/** The connection in use; nullptr if there is none. */
	HttpConnection* getHttpConnection()
	{
		return connection;
	}

	/**
	 * Connect. One that exists is broken off first, without a call of its handler.
	 * @return false when it was refused at once (no URL of WebSocket, no memory, no randomness): no handler is called
	 */
	bool connect(const Url& url);

	/** Application protocols to offer, in order of preference, by commas; getProtocol() has the one that was chosen. */
	void setProtocols(const String& names)
	{
		protocols = names;
	}

	using WebsocketConnection::operator new;
	using WebsocketConnection::operator delete;
	using WebsocketConnection::close;
	using WebsocketConnection::getCloseCode;
	using WebsocketConnection::getCloseReason;
	using WebsocketConnection::getProtocol;
	using WebsocketConnection::getState;
	using WebsocketConnection::getUserData;
	using WebsocketConnection::send;
	using WebsocketConnection::sendBinary;
	using WebsocketConnection::sendString;
	using WebsocketConnection::setBinaryHandler;
	using WebsocketConnection::setConnectionHandler;
	using WebsocketConnection::setDisconnectionHandler;
	using WebsocketConnection::setMaxMessageSize;
	using WebsocketConnection::setMessageHandler;
	using WebsocketConnection::setPingInterval;
	using WebsocketConnection::setPongHandler;
	using WebsocketConnection::setUserData;

	/** @param payload up to 125 bytes. @return false when it was not sent */
	bool sendPing(const String& payload = nullptr)
	{
		return send(payload, WS_FRAME_PING);
	}
	/** As sendPing(), unasked: nothing answers it. */
	bool sendPong(const String& payload = nullptr)
	{
		return send(payload, WS_FRAME_PONG);
	}

	/** See TcpConnection::setSslInitHandler(). */
	void setSslInitHandler(Ssl::Session::InitDelegate handler)
	{
		sslInitHandler = handler;
	}

private:
	HttpRequest* makeRequest(const Url& url);
	int checkResponse(HttpConnection& http, HttpResponse& response);
	int onRequestComplete(HttpConnection& http, bool successful);
	void dropConnection();

	HttpConnection* given;
	HttpClientConnection* own = nullptr;
	String key;
	String protocols;
	Ssl::Session::InitDelegate sslInitHandler;
};
