/*
 * ChipPeer: both roles of TLS on a chip for tests. As server it has one small page at port 443. As client it obeys lines
 * of the console:
 *
 *     connect PORT   to the machine at the other end of the serial line, which must show a certificate for its address
 *                    from an authority that was compiled in (TRUST_ANCHORS); closed when the first data came
 *     open PORT      the same, but it stays open until `close`
 *     resume PORT    as `open`, with the session of the last one if there is one
 *     close
 *     mark           from here on figures count
 *     random         print 16 random bytes, or that there are none
 *     show           print them: microseconds not slept, bytes of heap held, most held, most stack ever
 *
 * A line says how a connection ended: "accepted", or "refused: WHY"; in the end "ended: SUCCESS".
 */
#include <Data/HexString.h>
#include <SmingCore.h>
#include <hal.h>
#include <hal_chip.h>
#include <ssl/cert.h>
#include <ssl/private_key.h>

/* Beside a client HttpServer does not fit into the RAM of these two, which also holds the code. */
#if defined(SOC_ESP32C2) || defined(SOC_ESP32S2)
#define PLAIN_SERVER 1
#endif

namespace
{
TcpClient* client;
bool resuming;
bool staying;

uint64_t busyBefore;
size_t unusedBefore;

char line[64];
size_t length;

void initServer(Ssl::Session& session)
{
	session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
						   sizeof(default_certificate));
	session.options.sessionResume = true;
}

#ifdef PLAIN_SERVER

TcpServer* server;

bool onRequest(TcpClient& connection, char*, int)
{
	String answer = F("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\na page of a chip\n");
	return connection.send(answer.c_str(), answer.length(), true);
}

bool listen()
{
	server = new TcpServer(TcpClientDataDelegate(onRequest));
	if(server == nullptr) {
		return false;
	}
	server->setSslInitHandler(initServer);
	return server->listen(443, true);
}

#else

HttpServer server;

void onPage(HttpRequest&, HttpResponse& response)
{
	response.sendString(F("a page of a chip\n"));
}

bool listen()
{
	HttpServerSettings settings;
	settings.keepAliveSeconds = 600;
	settings.minHeapSize = 0;
	server.configure(settings);
	server.paths.set("/", onPage);
	server.setSslInitHandler(initServer);
	return server.listen(443, true);
}

#endif

void initClient(Ssl::Session& session)
{
	session.options.sessionResume = resuming;
}

bool onReceive(TcpClient& connection, char*, int)
{
	auto ssl = connection.getSsl();
	Serial << _F("accepted") << (ssl != nullptr && ssl->isResumed() ? _F(", resumed") : _F("")) << endl;
	if(!staying) {
		connection.close();
	}
	return true;
}

void onComplete(TcpClient& connection, bool successful)
{
	auto ssl = connection.getSsl();
	if(!successful && ssl != nullptr && ssl->getError() != Ssl::Error::none) {
		Serial << _F("refused: ") << ssl->getErrorString() << endl;
	} else {
		Serial << _F("ended: ") << successful << endl;
	}
}

void connect(int port, bool stay, bool resume)
{
	staying = stay;
	resuming = resume;
	if(!client->connect(F("10.0.2.2"), port, true)) {
		Serial.println(_F("cannot connect"));
	}
}

void printRandom()
{
	uint8_t bytes[16];
	String text = hal_random(bytes, sizeof(bytes)) ? makeHexString(bytes, sizeof(bytes)) : String("none");
	Serial.printf("random: %s\r\n", text.c_str());
}

void mark()
{
	Serial.println(_F("marked"));
	busyBefore = chip_busy_us();
	unusedBefore = chip_heap_least_unused = chip_heap_unused;
}

void show()
{
	auto busy = uint32_t(chip_busy_us() - busyBefore);
	auto held = int(unusedBefore - chip_heap_unused);
	auto peak = int(unusedBefore - chip_heap_least_unused);
	Serial << _F("busy ") << busy << _F(" us, held ") << held << _F(", peak ") << peak << _F(", stack ")
		   << uint32_t(hal_stack_peak()) << endl;
}

void command(const String& text)
{
	int space = text.indexOf(' ');
	String word = (space < 0) ? text : text.substring(0, unsigned(space));
	String rest = (space < 0) ? String() : text.substring(unsigned(space) + 1);
	if(word == "connect" || word == "open" || word == "resume") {
		connect(int(rest.toInt()), word != "connect", word == "resume");
	} else if(word == "close") {
		client->close();
	} else if(word == "random") {
		printRandom();
	} else if(word == "mark") {
		mark();
	} else if(word == "show") {
		show();
	}
}

void onTyped(Stream& source, char, uint16_t)
{
	while(source.available() > 0) {
		char c = char(source.read());
		if(c == '\n') {
			line[length] = '\0';
			length = 0;
			command(line);
		} else if(length < sizeof(line) - 1) {
			line[length++] = c;
		}
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);
	Serial.onDataReceived(onTyped);
	client = new TcpClient(TcpClientCompleteDelegate(onComplete), TcpClientDataDelegate(onReceive));
	if(client == nullptr || !listen()) {
		Serial.println(_F("out of memory"));
		return;
	}
	client->setSslInitHandler(initClient);
	Serial.println(_F("ready"));
}
