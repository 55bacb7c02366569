/*
 * A chat for everybody who has the page open: HTTPS for the page, WebSocket for the messages.
 */
#include <Network/Http/Websocket/WebsocketResource.h>
#include <SmingCore.h>
#include <Visitor.h>

#if defined(ENABLE_SSL) && __has_include(<ssl/private_key.h>)
#include <ssl/cert.h>
#include <ssl/private_key.h>
#define HAVE_CERTIFICATE 1
#endif

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

namespace
{
constexpr size_t maxMessage = 2000; // bytes

HttpServer server;
SimpleTimer shutdownTimer;
unsigned totalActiveSockets;

void onConnected(WebsocketConnection& socket)
{
	++totalActiveSockets;
	auto visitor = Visitor::add(socket);
	if(visitor == nullptr) {
		socket.close(Websocket::Close::internalError);
		return;
	}
	Serial << _F("Friend ") << visitor->getNumber() << _F(" has come") << endl;
	WebsocketConnection::broadcast(String(F("New friend arrived! Total: ")) + String(totalActiveSockets));
}

void onMessage(WebsocketConnection& socket, const String& message)
{
	auto visitor = Visitor::of(socket);
	if(visitor == nullptr) {
		return;
	}
	Serial << _F("Friend ") << visitor->getNumber() << ": " << message << endl;

	if(message == "shutdown") {
		WebsocketConnection::broadcast(F("The server is shutting down..."));
		// The message must leave before
		shutdownTimer.initializeMs<1000>([]() { server.shutdown(); }).startOnce();
		return;
	}

	socket.sendString(String(F("Echo: ")) + message);
	auto text = String(F("Friend ")) + String(visitor->getNumber()) + ": " + message;
	for(auto other : WebsocketConnection::getActiveWebsockets()) {
		if(other != &socket) {
			other->sendString(text);
		}
	}
}

void onBinary(WebsocketConnection&, uint8_t*, size_t size)
{
	Serial << _F("Binary message of ") << size << _F(" bytes") << endl;
}

void onDisconnected(WebsocketConnection& socket)
{
	--totalActiveSockets;
	auto visitor = Visitor::of(socket);
	Serial << _F("Friend ") << (visitor == nullptr ? 0 : visitor->getNumber()) << _F(" has gone") << endl;
	Visitor::remove(socket);
	WebsocketConnection::broadcast(String(F("We lost our friend :( Total: ")) + String(totalActiveSockets));
}

void onFile(HttpRequest& request, HttpResponse& response)
{
	auto file = request.uri.getRelativePath();
	if(file.startsWith(".")) {
		response.code = HTTP_STATUS_FORBIDDEN;
		return;
	}
	// Nothing from elsewhere: the page needs only what this server sends
	response.setHeader(F("Content-Security-Policy"), F("default-src 'self'; connect-src 'self' ws: wss:"));
	response.setHeader(F("X-Content-Type-Options"), F("nosniff"));
	if(file.isEmpty()) {
		file = F("index.html");
	} else {
		response.setCache(600, true);
	}
	response.sendFile(file);
}

void startWebServer()
{
	server.paths.setDefault(onFile);

	auto chat = new WebsocketResource;
	if(chat != nullptr) {
		chat->setConnectionHandler(onConnected);
		chat->setMessageHandler(onMessage);
		chat->setBinaryHandler(onBinary);
		chat->setDisconnectionHandler(onDisconnected);
		chat->setMaxMessageSize(maxMessage);
		server.paths.set("/ws", chat);
	}

#ifdef ENABLE_SSL
	server.setSslInitHandler([](Ssl::Session& session) {
#ifdef HAVE_CERTIFICATE
		session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
							   sizeof(default_certificate));
#endif
		session.options.sessionResume = true;
	});
	bool listening = server.listen(443, true);
	const char* scheme = "https";
#else
	bool listening = server.listen(80);
	const char* scheme = "http";
#endif
	if(listening) {
#ifdef ARCH_HOST
		Serial << _F("Open ") << scheme << _F("://localhost:") << server.getLocalPort() << '/' << endl;
#else
		Serial << _F("Open ") << scheme << _F(": port ") << server.getLocalPort() << _F(" of this device") << endl;
#endif
	} else {
		auto error = server.getSslError();
		Serial << _F("Not listening: ")
			   << (error == Ssl::Error::none ? String(_F("the port cannot be had")) : Ssl::getErrorString(error)) << endl;
	}
}

void gotIP(IpAddress, IpAddress, IpAddress)
{
	startWebServer();
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);

	fileSystemMount();

	WifiEvents.onStationGotIP(gotIP);
	WifiStation.enable(true);
	WifiStation.config(WIFI_SSID, WIFI_PWD);
}
