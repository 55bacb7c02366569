/* Command "server": an HttpServer with an echo at /ws, and at /other for pages of any origin. */
#include <Network/Http/Websocket/WebsocketResource.h>
#include <console.h>

namespace
{
HttpServer* server;
Command* settings;
unsigned connected; ///< counted by handlers: open() and closed() must come in pairs

void onConnect(WebsocketConnection& socket)
{
	++connected;
	socket.setUserData(&connected);
	say("server", String("open protocol=") + socket.getProtocol() + " count=" + String(connected) +
					  " active=" + String(unsigned(WebsocketConnection::getActiveWebsockets().count())));
	if(settings->number("greet") != 0) {
		socket.sendString("welcome");
	}
}

void onMessage(WebsocketConnection& socket, const String& message)
{
	if(message == "shutdown") {
		delete server;
		server = nullptr;
		say("server", "deleted");
	} else if(message == "close") {
		socket.close(4002, "asked for");
	} else if(message == "all") {
		WebsocketConnection::broadcast("for all");
	} else {
		socket.sendString(message);
	}
}

void onBinary(WebsocketConnection& socket, uint8_t* data, size_t size)
{
	socket.sendBinary(data, size);
}

void onDisconnect(WebsocketConnection& socket)
{
	--connected;
	say("server", String("closed code=") + String(unsigned(socket.getCloseCode())) + " reason=" + socket.getCloseReason() +
					  " count=" + String(connected) + " mine=" + String(unsigned(socket.getUserData() == &connected)) +
					  " active=" + String(unsigned(WebsocketConnection::getActiveWebsockets().count())));
}

WebsocketResource* makeResource(const Command& command)
{
	auto resource = new WebsocketResource;
	resource->setConnectionHandler(onConnect);
	resource->setMessageHandler(onMessage);
	resource->setBinaryHandler(onBinary);
	resource->setDisconnectionHandler(onDisconnect);
	resource->setMaxMessageSize(size_t(command.number("max", WEBSOCKET_MAX_MESSAGE_SIZE)));
	resource->setPingInterval(uint16_t(command.number("ping", 60)));
	resource->setProtocols(command.option("protocols"));
	return resource;
}

bool listen(const Command& command)
{
	delete settings;
	settings = new Command(command);
	HttpServerSettings limits;
	limits.maxActiveConnections = uint16_t(command.number("limit", 20));
	server = new HttpServer(limits);
	server->paths.set("/ws", makeResource(command));
	auto open = makeResource(command);
	open->setAllowCrossOrigin(true);
	server->paths.set("/other", open);
	server->paths.set("/", [](HttpRequest&, HttpResponse& response) { response.sendString("page"); });
	server->setSslInitHandler([](Ssl::Session& session) { applyTls(session, *settings); });
	return server->listen(int(command.number("port")), command.number("ssl") != 0);
}

} // namespace

void serverCleanup()
{
	delete server;
	delete settings;
	server = nullptr;
	settings = nullptr;
}

bool serverCommand(const Command& command)
{
	if(command.word(0) != "server") {
		return false;
	}
	auto verb = command.word(1);
	bool ok = true;
	if(verb == "listen") {
		ok = listen(command);
	} else if(verb == "broadcast") {
		WebsocketConnection::broadcast(bytesOption(command, "hex"));
	} else if(verb == "stop") {
		serverCleanup();
	} else {
		return false;
	}
	say("server", String(verb) + (ok ? String(" ok port=") + String(command.number("port")) : String(" refused")));
	return true;
}
