/**
 * WebsocketResource: a path of an HttpServer that speaks WebSocket.
 *
 *     auto resource = new WebsocketResource;
 *     resource->setMessageHandler(onMessage);
 *     server.paths.set("/ws", resource);
 *
 * Each connection is a WebsocketConnection with the handlers that were set here.
 *
 * A page of another origin that a user visits could open a connection in his name: such are refused with 403 (RFC 6455
 * §10.2) until setAllowCrossOrigin(). Programs other than browsers send no origin and come in.
 */
#pragma once

#include "../HttpResource.h"
#include "../HttpServerConnection.h"
#include "WebsocketConnection.h"

class WebsocketResource : public HttpResource
{
public:
	WebsocketResource();

	/** @name Handlers of every connection, see WebsocketConnection */
	void setConnectionHandler(WebsocketDelegate handler)
	{
		wsConnect = handler;
	}
	void setMessageHandler(WebsocketMessageDelegate handler)
	{
		wsMessage = handler;
	}
	void setBinaryHandler(WebsocketBinaryDelegate handler)
	{
		wsBinary = handler;
	}
	void setPongHandler(WebsocketDelegate handler)
	{
		wsPong = handler;
	}
	void setDisconnectionHandler(WebsocketDelegate handler)
	{
		wsDisconnect = handler;
	}

	/** Let pages of any origin connect. */
	void setAllowCrossOrigin(bool allow)
	{
		allowCrossOrigin = allow;
	}

	/** Application protocols in order of preference, by commas. A client that offers only others gets none. */
	void setProtocols(const String& names)
	{
		protocols = names;
	}

	/** See WebsocketConnection; counts for new connections. */
	void setMaxMessageSize(size_t bytes)
	{
		maxMessageSize = bytes;
	}
	/** See WebsocketConnection; 60 seconds unless it is set. */
	void setPingInterval(uint16_t seconds)
	{
		pingInterval = seconds;
	}

	/** Judge a request's headers and prepare the answer. @return 0 if it is an opening handshake */
	virtual int checkHeaders(HttpServerConnection& connection, HttpRequest& request, HttpResponse& response);

protected:
	WebsocketDelegate wsConnect;
	WebsocketMessageDelegate wsMessage;
	WebsocketBinaryDelegate wsBinary;
	WebsocketDelegate wsPong;
	WebsocketDelegate wsDisconnect;

private:
	String protocols;
	size_t maxMessageSize = WEBSOCKET_MAX_MESSAGE_SIZE;
	uint16_t pingInterval = 60;
	bool allowCrossOrigin = false;
};
