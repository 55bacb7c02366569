/* Commands "client" and, with a server, "server": WebSocket that sends back what it gets. */
#include <Data/Stream/MemoryDataStream.h>
#include <Network/WebsocketClient.h>
#include <console.h>

namespace
{
WebsocketClient* client;
Command* settings;

void onConnect(WebsocketConnection& socket)
{
	say("client", String("open protocol=") + socket.getProtocol());
}

/* Connect anew to where it was connected, with no other options. */
void connectAgain()
{
	auto url = settings->option("url");
	delete settings;
	settings = new Command(String("client connect verify=later url=") + url);
	say("client", client->connect(Url(url)) ? "again" : "refused");
}

void onMessage(WebsocketConnection& socket, const String& message)
{
	if(settings->is("on-message", "connect")) {
		connectAgain();
		return;
	}
	if(settings->is("on-message", "delete")) {
		delete client;
		client = nullptr;
		say("client", "deleted");
		return;
	}
	if(settings->is("on-message", "close")) {
		socket.close(uint16_t(settings->number("code", 1000)), "enough");
		return;
	}
	socket.sendString(message);
}

void onBinary(WebsocketConnection& socket, uint8_t* data, size_t size)
{
	socket.sendBinary(data, size);
}

void onPong(WebsocketConnection&)
{
	say("client", "pong");
}

void onDisconnect(WebsocketConnection& socket)
{
	say("client", String("closed code=") + String(unsigned(socket.getCloseCode())) + " reason=" + socket.getCloseReason());
	if(settings->is("on-close", "connect")) {
		connectAgain();
	}
}

void initSession(Ssl::Session& session)
{
	applyTls(session, *settings);
}

bool connectClient(const Command& command)
{
	delete settings;
	settings = new Command(command);
	if(client == nullptr) {
		client = new WebsocketClient;
		client->setConnectionHandler(onConnect);
		client->setMessageHandler(onMessage);
		client->setBinaryHandler(onBinary);
		client->setPongHandler(onPong);
		client->setDisconnectionHandler(onDisconnect);
		client->setSslInitHandler(initSession);
	}
	client->setMaxMessageSize(size_t(command.number("max", WEBSOCKET_MAX_MESSAGE_SIZE)));
	client->setProtocols(command.option("protocols"));
	client->setPingInterval(uint16_t(command.number("ping")));
	Url url(command.option("url"));
	Memory::failAllocation(uint32_t(command.number("fail")), command.number("fail-all") != 0);
	return client->connect(url);
}

/* A stream whose size nobody knows. */
class Unknown : public MemoryDataStream
{
public:
	int available() override
	{
		return -1;
	}
	bool seek(int length) override
	{
		return !stuck && MemoryDataStream::seek(length);
	}

	bool stuck = false; ///< it cannot be advanced
};

bool sendStream(const Command& command)
{
	auto stream = new Unknown;
	auto size = size_t(command.number("size"));
	stream->stuck = command.number("stuck") != 0;
	for(size_t i = 0; i < size; ++i) {
		stream->write(uint8_t(i % 251));
	}
	return client->send(stream, WS_FRAME_BINARY, true, command.number("more") == 0);
}

bool sendMuch(const Command& command)
{
	String text;
	text.setLength(size_t(command.number("size")));
	memset(text.begin(), 'm', text.length());
	long count = 0;
	for(long i = command.number("count"); i > 0 && client->sendString(text); --i) {
		++count;
	}
	say("client", String("sent count=") + String(count));
	return true;
}

} // namespace

void websocketCleanup()
{
	delete client;
	delete settings;
	client = nullptr;
	settings = nullptr;
}

bool websocketCommand(const Command& command)
{
	if(command.word(0) != "client") {
		return false;
	}
	auto verb = command.word(1);
	bool ok = true;
	if(verb == "connect") {
		ok = connectClient(command);
	} else if(client == nullptr) {
		ok = false;
	} else if(verb == "text") {
		ok = client->sendString(bytesOption(command, "hex"));
	} else if(verb == "binary") {
		auto data = bytesOption(command, "hex");
		ok = client->sendBinary(reinterpret_cast<const uint8_t*>(data.c_str()), data.length());
	} else if(verb == "ping") {
		ok = client->sendPing(bytesOption(command, "hex"));
	} else if(verb == "stream") {
		ok = sendStream(command);
	} else if(verb == "much") {
		ok = sendMuch(command);
	} else if(verb == "close") {
		client->close(uint16_t(command.number("code", 1000)), command.option("reason"));
	} else if(verb == "delete") {
		delete client;
		client = nullptr;
	} else {
		return false;
	}
	say("client", String(verb) + (ok ? " ok" : " refused"));
	return true;
}
