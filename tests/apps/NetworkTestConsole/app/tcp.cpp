/* Commands "tcp" and "server". */
#include <console.h>

namespace
{
/* What a callback was given is compared with it after the callback did something. */
uint8_t seen[16384];

class Client;
HashMap<String, Client*> clients;

class Client : public TcpClient
{
public:
	Client(const String& name, const Command& command)
		: TcpClient(command.number("auto") != 0), name(name), verification(command), host(command.option("host")),
		  port(int(command.number("port"))), ssl(command.number("ssl") != 0), echo(command.number("echo") != 0),
		  atReady(command.option("on-ready")), atReceive(command.option("on-receive")),
		  atComplete(command.option("on-complete")), atInit(command.option("on-init")),
		  atValidate(command.option("on-validate")), atRead(command.option("on-read")),
		  atSeek(command.option("on-seek")), atPoll(command.option("on-poll")), atFinished(command.option("on-finished")),
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

	/*
	 * Do what one of the options on-… says, once: words with a plus sign between them.
	 * @return false when this object is gone
	 */
	bool act(String& actions)
	{
		const String what = std::move(actions);
		actions = nullptr;
		if(what) {
			say(name, "acting");
		}
		for(size_t start = 0; start < what.length();) {
			const int end = what.indexOf('+', start);
			const size_t stop = end < 0 ? what.length() : size_t(end);
			const String word = what.substring(start, stop);
			start = stop + 1;
			if(word == "delete") {
				delete this;
				return false;
			}
			doOne(word);
		}
		return true;
	}

private:
	void doOne(const String& word)
	{
		auto session = getSsl();
		if(word == "close") {
			close();
		} else if(word == "reconnect") {
			close();
			digest = Digest();
			say(name, start() ? "reconnecting" : "refused");
		} else if(word == "fail" && session != nullptr) {
			session->fail(Ssl::Error::canceled);
		} else if(word == "goodbye" && session != nullptr) {
			session->close();
		} else if(word == "print" && session != nullptr) {
			String text;
			text += session->getErrorString();
			text += session->getAlpnProtocol();
			session->printTo(Serial);
		} else if(word == "write") {
			write("written at once", 15);
		} else if(word == "flood") {
			const String text = String().padRight(20000, 'f');
			// A peer that reads as fast would never let it end
			for(int left = 300; left > 0 && write(text.c_str(), int(text.length())) > 0; --left) {
			}
		} else if(word == "send") {
			sendString("queued");
		} else if(word == "last") {
			sendString("queued", true);
		} else if(word == "flush") {
			flush();
		} else if(word == "commit") {
			commit();
		} else if(word == "pause") {
			holdReceive = true;
			pauseReceive();
		} else if(word == "resume") {
			holdReceive = false;
			resumeReceive();
		} else if(word == "starttls") {
			enableSsl("localhost");
		} else if(word == "starve") {
			Memory::failAllocation(1, true);
		} else if(word == "feast") {
			Memory::failAllocation(0);
		}
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
		if(atValidate) {
			session.validators.add(Ssl::ValidatorCallback(
				[this](const Ssl::Certificate* certificate, void*) { return certificate != nullptr && validate(); }));
		}
		act(atInit);
	}

	bool validate()
	{
		if(atValidate == "refuse") {
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
		} else if(event == eTCE_Poll) {
			act(atPoll);
		}
	}

	bool received(TcpClient&, char* data, int size)
	{
		digest.add(data, size_t(size));
		if(atReceive == "refuse") {
			return false;
		}
		if(echo && !send(data, size_t(size))) {
			say(name, "echo failed");
			return false;
		}
		return actOn(data, size_t(size));
	}

	/* What a callback was given stays readable until it returns, whatever it does meanwhile. */
	bool actOn(const char* data, size_t size)
	{
		if(!atReceive) {
			return true;
		}
		const String who = name;
		const size_t count = size < sizeof(seen) ? size : sizeof(seen);
		memcpy(seen, data, count);
		act(atReceive);
		say(who, memcmp(seen, data, count) == 0 ? "acted" : "lost its data");
		return true;
	}

	void completed(TcpClient&, bool successful)
	{
		Memory::failAllocation(0); // what is printed here is to be whole
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
	String atReady;
	String atReceive;
	String atComplete;
	String atInit;
	String atValidate;
	String atRead;
	String atSeek;
	String atPoll;
	String atFinished;
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
	} else if(verb == "act") {
		auto actions = command.option("what");
		client->act(actions);
	} else if(verb == "close") {
		client->close();
	} else if(verb == "delete") {
		delete client;
	} else {
		return false;
	}
	return true;
}
