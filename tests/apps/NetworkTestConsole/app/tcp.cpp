/* Commands "tcp" and "server". */
#include <console.h>

namespace
{
/* What a client is to do in a callback. */
enum class Action : uint8_t { none, close, remove, reconnect, refuse };

Action parseAction(const String& text)
{
	return (text == "close") ? Action::close
						   : (text == "delete") ? Action::remove
												: (text == "reconnect") ? Action::reconnect
																	  : (text == "refuse") ? Action::refuse : Action::none;
}

class Client;
HashMap<String, Client*> clients;

class Client : public TcpClient
{
public:
	Client(const String& name, const Command& command)
		: TcpClient(command.number("auto") != 0), name(name), verification(command), host(command.option("host")),
		  port(int(command.number("port"))), ssl(command.number("ssl") != 0), echo(command.number("echo") != 0),
		  atReady(parseAction(command.option("on-ready"))), atReceive(parseAction(command.option("on-receive"))),
		  atComplete(parseAction(command.option("on-complete"))), atInit(parseAction(command.option("on-init"))),
		  atValidate(parseAction(command.option("on-validate"))), atRead(parseAction(command.option("on-read"))),
		  atSeek(parseAction(command.option("on-seek"))), atFinished(parseAction(command.option("on-finished"))),
		  pattern(size_t(command.number("send"))), closeAfter(command.number("close-after") != 0),
		  stuck(command.number("stuck") != 0)
	{
		setReceiveDelegate(TcpClientDataDelegate(&Client::received, this));
		setCompleteDelegate(TcpClientCompleteDelegate(&Client::completed, this));
		setReadyToSendDelegate(TcpClientEventDelegate(&Client::ready, this));
		setSslInitHandler(Ssl::Session::InitDelegate(&Client::initSession, this));
		if(command.option("timeout")) {
			setTimeOut(uint16_t(command.number("timeout")));
		}
		clients[name] = this;
	}

	~Client() override
	{
		clients.remove(name);
		say(name, "deleted");
	}

	bool start()
	{
		return connect(host, port, ssl);
	}

private:
	/* @return false when this object is gone */
	bool act(Action& action)
	{
		auto what = action;
		action = Action::none;
		switch(what) {
		case Action::close:
			close();
			return true;
		case Action::remove:
			delete this;
			return false;
		case Action::reconnect:
			close();
			digest = Digest();
			say(name, start() ? "reconnecting" : "refused");
			return true;
		case Action::refuse:
		case Action::none:
			return true;
		}
		return true;
	}

	/* A stream whose functions do something to the connection that sends it. */
	class ActingStream : public PatternStream
	{
	public:
		explicit ActingStream(Client& client) : PatternStream(client.pattern, int(client.pattern), client.stuck), client(client)
		{
		}
		uint16_t readMemoryBlock(char* data, int bufSize) override
		{
			client.act(client.atRead);
			return PatternStream::readMemoryBlock(data, bufSize);
		}
		bool seek(int count) override
		{
			client.act(client.atSeek);
			return PatternStream::seek(count);
		}
		bool isFinished() override
		{
			bool finished = PatternStream::isFinished();
			if(finished) {
				client.act(client.atFinished);
			}
			return PatternStream::isFinished();
		}

	private:
		Client& client;
	};

	void initSession(Ssl::Session& session)
	{
		verification.apply(session);
		if(atValidate != Action::none) {
			session.validators.add(Ssl::ValidatorCallback(
				[this](const Ssl::Certificate* certificate, void*) { return certificate != nullptr && validate(); }));
		}
		act(atInit);
	}

	bool validate()
	{
		if(atValidate == Action::refuse) {
			return false;
		}
		act(atValidate);
		return true;
	}

	void ready(TcpClient&, TcpConnectionEvent event)
	{
		if(event == eTCE_Connected) {
			say(name, "connected");
			if(pattern > 0) {
				send(new ActingStream(*this), closeAfter);
			}
			act(atReady);
		}
	}

	bool received(TcpClient&, char* data, int size)
	{
		digest.add(data, size_t(size));
		if(atReceive == Action::refuse) {
			return false;
		}
		if(echo && !send(data, size_t(size))) {
			say(name, "echo failed");
			return false;
		}
		act(atReceive);
		return true;
	}

	void completed(TcpClient&, bool successful)
	{
		say(name, String("complete ok=") + String(unsigned(successful)) + " " + digest.describe() + " " +
					  describeEnd(*this));
		act(atComplete);
	}

	String name;
	Verification verification;
	String host;
	Digest digest;
	int port;
	bool ssl;
	bool echo;
	Action atReady;
	Action atReceive;
	Action atComplete;
	Action atInit;
	Action atValidate;
	Action atRead;
	Action atSeek;
	Action atFinished;
	size_t pattern;
	bool closeAfter;
	bool stuck; ///< what is sent cannot be advanced
};

TcpServer* server;

bool onServerReceive(TcpClient& client, char* data, int size)
{
	return client.send(data, size_t(size));
}

void onServerComplete(TcpClient&, bool successful)
{
	say("server", String("complete ok=") + String(unsigned(successful)));
}

bool serverCommand(const Command& command)
{
	if(command.word(1) == "stop") {
		delete server;
		server = nullptr;
		say("server", "stopped");
		return true;
	}
	server = new TcpServer(TcpClientDataDelegate(onServerReceive), TcpClientCompleteDelegate(onServerComplete));
	bool ok = server != nullptr && server->listen(int(command.number("port")));
	if(ok && command.option("limit")) {
		server->setMaxConnections(uint16_t(command.number("limit")));
	}
	say("server", ok ? String("listening port=") + String(server->getLocalPort()) : String("not listening"));
	return true;
}
} // namespace

void tcpCleanup()
{
	while(clients.count() > 0) {
		delete clients.valueAt(0);
	}
	delete server;
	server = nullptr;
}

bool tcpCommand(const Command& command)
{
	if(command.word(0) == "server") {
		return serverCommand(command);
	}
	if(command.word(0) != "tcp") {
		return false;
	}
	auto verb = command.word(1);
	auto name = command.word(2);
	if(verb == "open") {
		auto client = new Client(name, command);
		if(client == nullptr) {
			say(name, "no memory");
		} else if(!client->start()) {
			say(name, "refused");
			delete client;
		}
		return true;
	}
	auto client = clients.contains(name) ? clients[name] : nullptr;
	if(client == nullptr) {
		say(name, "unknown");
	} else if(verb == "send") {
		bool ok = client->send(new PatternStream(size_t(command.number("bytes")), true));
		say(name, ok ? "queued" : "not queued");
	} else if(verb == "text") {
		say(name, client->sendString(command.word(3)) ? "queued" : "not queued");
	} else if(verb == "close") {
		client->close();
	} else if(verb == "delete") {
		delete client;
	} else {
		return false;
	}
	return true;
}
