/*
 * TlsServer: TLS servers for tests and benchmarks, driven by commands:
 *
 *     load key=FILE cert=FILE [password=TEXT]   what servers show from their next connection on
 *     listen [port=N] [plain=1] [kind=echo|http|sink] [resume=1] [cache=N] [buffer=0..6] [limit=N] [idle=S] [handshake=S]
 *            [free=1] [suites=full] [close-in=connect|init|receive]   the last: a callback that deletes the server
 *     queue limit=N [patience=MS]               of the handshakes
 *     fail N                                    the n-th allocation from now fails
 *     memory, close, quit
 *
 * kind=http answers GET /bytes/N with N bytes, and anything else with a short text; kind=sink takes all and says nothing.
 */
#include "../../common/command.h"
#include <Network/Ssl/Statistics.h>
#include <SmingCore.h>
#include <cstdio>
#include <hal_host.h>

namespace
{
String key;
String certificate;
String password;

/* What the server hands to its sessions. */
struct Settings {
	bool resume = false;
	bool free = false;
	bool allSuites = false;
	int cacheSize = 10;
	Ssl::MaxBufferSize bufferSize = Ssl::MaxBufferSize::Default;
} settings;

TcpServer* server;
unsigned inits;
unsigned completed;
unsigned succeeded;

/* N bytes without any cost of making them. */
class BlockStream : public IDataSourceStream
{
public:
	explicit BlockStream(size_t length) : left(length)
	{
	}
	int available() override
	{
		return int(left);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		auto count = (size_t(bufSize) < left) ? size_t(bufSize) : left;
		memset(data, 'x', count);
		return uint16_t(count);
	}
	bool seek(int count) override
	{
		left -= size_t(count);
		return true;
	}
	bool isFinished() override
	{
		return left == 0;
	}

private:
	size_t left;
};

bool readFile(const String& name, String& contents)
{
	auto file = fopen(name.c_str(), "rbe");
	if(file == nullptr) {
		return false;
	}
	char buffer[16384];
	auto length = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	contents = String(buffer, length);
	return length > 0 && length < sizeof(buffer);
}

void initSession(Ssl::Session& session)
{
	++inits;
	if(key) {
		session.keyCert.assign(key, certificate, password ? password.c_str() : nullptr);
	}
	session.options.sessionResume = settings.resume;
	session.options.freeKeyCertAfterHandshake = settings.free;
	session.cacheSize = settings.cacheSize;
	if(settings.allSuites) {
		session.cipherSuites = &Ssl::CipherSuites::full;
	}
	session.maxBufferSize = settings.bufferSize;
}

bool onEcho(TcpClient& client, char* data, int size)
{
	return client.send(data, size_t(size));
}

/* Requests come in one piece from the peers of these tests. */
bool onRequest(TcpClient& client, char* data, int size)
{
	String request(data, size_t(size));
	size_t length = 0;
	if(request.startsWith("GET /bytes/")) {
		length = size_t(request.substring(11, request.indexOf(' ', 11)).toInt());
	}
	if(length == 0) {
		return client.sendString(F("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"));
	}
	return client.sendString(String(F("HTTP/1.1 200 OK\r\nContent-Length: ")) + String(unsigned(length)) + "\r\n\r\n") &&
		   client.send(new BlockStream(length));
}

bool onSink(TcpClient&, char*, int)
{
	return true;
}

void closeServer()
{
	delete server;
	server = nullptr;
}

void onComplete(TcpClient& client, bool successful)
{
	++completed;
	succeeded += successful;
	auto ssl = client.getSsl();
	if(!successful && ssl != nullptr) {
		debug_d("ended: %s, alert %s", toString(ssl->getError()).c_str(), toString(ssl->getAlert()).c_str());
	}
}

void listenCommand(const Command& command)
{
	delete server;
	settings.resume = command.number("resume") != 0;
	settings.free = command.number("free") != 0;
	settings.allSuites = command.is("suites", "full");
	settings.cacheSize = int(command.number("cache", 10));
	settings.bufferSize = Ssl::MaxBufferSize(command.number("buffer"));
	auto kind = command.option("kind");
	auto closeIn = command.option("close-in");
	server = new TcpServer(
		[closeIn](TcpClient*) {
			if(closeIn == "connect") {
				closeServer();
			}
		},
		kind == "http" ? onRequest : kind == "sink" ? onSink : onEcho, onComplete);
	if(server == nullptr) {
		say("listen", "no memory");
		return;
	}
	if(closeIn == "receive") {
		server->setClientReceiveHandler([closeIn](TcpClient&, char*, int) {
			closeServer();
			return closeIn.length() > 0;
		});
	}
	server->setSslInitHandler([closeIn](Ssl::Session& session) {
		initSession(session);
		if(closeIn == "init" && inits > 1) {
			closeServer();
		}
	});
	server->setMaxConnections(uint16_t(command.number("limit", server->getMaxConnections())));
	server->setKeepAlive(uint16_t(command.number("idle", 60)));
	server->setHandshakeTimeOut(uint16_t(command.number("handshake", 30)));
	if(server->listen(int(command.number("port", 8443)), command.number("plain") == 0)) {
		say("listen", String("port=") + String(server->getLocalPort()));
	} else {
		say("listen", String("refused ") + toString(server->getSslError()));
	}
}

void memoryCommand()
{
	// Taken first: the text takes memory, too
	size_t tags[Memory::tagCount];
	for(size_t i = 0; i < Memory::tagCount; ++i) {
		tags[i] = Memory::statistics(Memory::Tag(i)).current;
	}
	auto total = Memory::statistics();
	auto& queue = Ssl::HandshakeQueue::getDefault();
	auto& ssl = Ssl::statistics;
	String text;
	auto add = [&text](const char* name, size_t value) { text += String(" ") + name + "=" + String(unsigned(value)); };
	add("limit", server == nullptr ? 0 : server->getMaxConnections());
	add("connections", server == nullptr ? 0 : server->getConnections().count());
	add("waiting", queue.countWaiting());
	add("completed", completed);
	add("succeeded", succeeded);
	add("inits", inits);
	add("handshakes", ssl.serverHandshakes);
	add("resumed", ssl.resumed);
	add("failed", ssl.failed);
	add("all", total.current);
	add("peak", total.peak);
	add("blocks", total.count);
	for(size_t i = 0; i < Memory::tagCount; ++i) {
		add(Memory::tagName(Memory::Tag(i)), tags[i]);
	}
	say("memory", text.trim());
}

void execute(const Command& command)
{
	auto verb = command.word(0);
	if(verb == "load") {
		password = command.option("password");
		bool ok = readFile(command.option("key"), key) && readFile(command.option("cert"), certificate);
		say("load", ok ? "done" : "failed");
	} else if(verb == "listen") {
		listenCommand(command);
	} else if(verb == "queue") {
		auto& queue = Ssl::HandshakeQueue::getDefault();
		queue.limit = unsigned(command.number("limit", queue.limit));
		queue.patience = uint32_t(command.number("patience", queue.patience));
		say("queue", "done");
	} else if(verb == "fail") {
		auto number = uint32_t(command.word(1).toInt());
		if(number != 0) {
			say("fail", "set"); // before it counts; and who waits for it connects after that
		}
		Memory::failAllocation(number);
	} else if(verb == "memory") {
		memoryCommand();
	} else if(verb == "close") {
		closeServer();
		say("close", "done");
	} else if(verb == "quit") {
		closeServer();
		hal_host_quit(0);
	} else {
		say("console", String("not understood: ") + command.getText());
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	readCommands(execute);
	say("console", "ready");
}
