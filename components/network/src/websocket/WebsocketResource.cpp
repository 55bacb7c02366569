#include "handshake.h"
#include <Network/Http/Websocket/WebsocketResource.h>
#include <debug_progmem.h>

using namespace Websocket;

WebsocketResource::WebsocketResource()
{
	onHeadersComplete = HttpResourceDelegate(&WebsocketResource::checkHeaders, this);
}

int WebsocketResource::checkHeaders(HttpServerConnection& connection, HttpRequest& request, HttpResponse& response)
{
	const auto& headers = request.headers;
	const auto& origin = request.getHeader("Origin");
	if(!allowCrossOrigin && !isSameOrigin(origin, headers[HTTP_HEADER_HOST])) {
		debug_w("WebSocket: refused a page from %s", origin.c_str());
		response.code = HTTP_STATUS_FORBIDDEN;
		response.sendString(F("Pages of another origin may not connect.\n"));
		return -1;
	}
	auto socket = new WebsocketConnection(&connection, false);
	if(socket == nullptr) {
		response.code = HTTP_STATUS_SERVICE_UNAVAILABLE;
		return -1;
	}
	if(headers.contains(HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL)) {
		socket->protocol = firstShared(protocols, headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL]);
	}
	socket->setConnectionHandler(wsConnect);
	socket->setMessageHandler(wsMessage);
	socket->setBinaryHandler(wsBinary);
	socket->setPongHandler(wsPong);
	socket->setDisconnectionHandler(wsDisconnect);
	socket->setMaxMessageSize(maxMessageSize);
	socket->setPingInterval(pingInterval);
	if(!socket->bind(request, response)) {
		delete socket;
		return -1;
	}
	socket->ownedByConnection = true;
	return 0;
}
