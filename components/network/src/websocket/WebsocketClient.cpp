#include "handshake.h"
#include <Network/Http/Websocket/WebsocketClient.h>
#include <debug_progmem.h>

using namespace Websocket;

WebsocketClient::~WebsocketClient()
{
	dropConnection();
}

void WebsocketClient::dropConnection()
{
	reset();
	auto old = own;
	own = nullptr;
	delete old;
}

bool WebsocketClient::connect(const Url& url)
{
	auto scheme = url.getScheme();
	bool secure = (scheme == URI_SCHEME_WEBSOCKET_SECURE);
	if((!secure && scheme != URI_SCHEME_WEBSOCKET) || url.Host.isEmpty()) {
		debug_e("WebSocket: the URL must begin with ws:// or wss://");
		return false;
	}
	dropConnection();
	auto request = makeRequest(url);
	if(request == nullptr) {
		return false;
	}
	if(given == nullptr) {
		own = new HttpClientConnection;
	}
	setConnection(given != nullptr ? given : own, true);
	if(connection == nullptr) {
		delete request;
		return false;
	}
	if(!connection->send(request)) {
		dropConnection();
		return false;
	}
	return true;
}

/* The opening handshake (RFC 6455 §4.1). */
HttpRequest* WebsocketClient::makeRequest(const Url& url)
{
	key = makeKey();
	protocol = nullptr;
	auto request = key.isNull() ? nullptr : new HttpRequest(url);
	if(request == nullptr) {
		return nullptr;
	}
	auto& uri = request->uri;
	bool secure = (url.getScheme() == URI_SCHEME_WEBSOCKET_SECURE);
	uri.Scheme = secure ? URI_SCHEME_HTTP_SECURE : URI_SCHEME_HTTP;
	auto& headers = request->headers;
	bool ok = !uri.Scheme.isNull() && uri.getPort() == url.getPort() && headers.set(HTTP_HEADER_UPGRADE, "websocket") &&
			  headers.set(HTTP_HEADER_CONNECTION, "Upgrade") && headers.set(HTTP_HEADER_SEC_WEBSOCKET_KEY, key) &&
			  headers.set(HTTP_HEADER_SEC_WEBSOCKET_VERSION, String(WEBSOCKET_VERSION)) &&
			  (protocols.isEmpty() || headers.set(HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL, protocols));
	if(!ok) {
		delete request;
		return nullptr;
	}
	request->onHeadersComplete(RequestHeadersCompletedDelegate(&WebsocketClient::checkResponse, this));
	request->onRequestComplete(RequestCompletedDelegate(&WebsocketClient::onRequestComplete, this));
	if(secure) {
		request->onSslInit([this](Ssl::Session& session, HttpRequest&) {
			auto function = sslInitHandler;
			function(session);
		});
	}
	return request;
}

/* The server's answer (RFC 6455 §4.1): everything that was not asked for ends the connection. */
int WebsocketClient::checkResponse(HttpConnection& http, HttpResponse& response)
{
	const auto& headers = response.headers;
	bool ok = response.code == HTTP_STATUS_SWITCHING_PROTOCOLS && hasToken(headers[HTTP_HEADER_UPGRADE], "websocket") &&
			  hasToken(headers[HTTP_HEADER_CONNECTION], "upgrade");
	auto expected = acceptFor(key);
	ok = ok && !expected.isNull() && headers[HTTP_HEADER_SEC_WEBSOCKET_ACCEPT] == expected &&
		 !headers.contains("Sec-WebSocket-Extensions");
	if(headers.contains(HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL)) {
		protocol = firstShared(headers[HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL], protocols);
		ok = ok && protocol;
	}
	if(!ok) {
		debug_w("WebSocket: the server does not agree: status %u", unsigned(response.code));
		return -1;
	}
	http.setUpgrade(this);
	return 0;
}

/* HTTP is over. If it did not lead to a change of protocol, connecting failed. */
int WebsocketClient::onRequestComplete(HttpConnection& http, bool)
{
	if(http.getUpgrade() == this) {
		return 0;
	}
	connection = nullptr;
	disconnected(Close::abnormal);
	return -1;
}
