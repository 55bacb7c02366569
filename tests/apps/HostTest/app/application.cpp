/*
 * Does what it is told on its standard input, one command a line, so that a test can see what the options of
 * the emulator process do. Each answer is a line.
 */
#include <Clock.h>
#include <cstdlib>
#include <HardwareSerial.h>
#include <Memory.h>
#include <Network/TcpClient.h>
#include <Network/TcpServer.h>
#include <Platform/System.h>
#include <SystemClock.h>
#include <Timer.h>
#include <esp_systemapi.h>
#include <hal.h>
#include <hal_host.h>

namespace
{
struct State {
	TcpServer server;
	String line;
	Timer ticker;
	void* kept = nullptr;

	State()
		: server([this](TcpClient& client, char* data, int size) { return echo(client, data, size); },
				 [](TcpClient&, bool) {})
	{
	}
	~State()
	{
		Memory::release(kept);
	}

	bool echo(TcpClient& client, char* data, int size)
	{
		client.send(data, uint16_t(size));
		return true;
	}
};
State state;

void onConnected(TcpClient& client, bool successful)
{
	Serial << "connection " << (successful ? "ended" : "failed") << endl;
	(void)client;
}

void connect(const String& host, int port)
{
	static TcpClient* client;
	delete client;
	client = new TcpClient(TcpClientCompleteDelegate(onConnected), [](TcpClient& from, char* data, int size) {
		Serial << "received " << String(data, size_t(size)) << endl;
		from.close();
		return true;
	});
	bool ok = client != nullptr && client->connect(host, port);
	Serial << "connecting " << ok << endl;
}

void run(const String& line)
{
	int space = line.indexOf(' ');
	String command = space < 0 ? line : line.substring(0, size_t(space));
	String argument = space < 0 ? String("") : line.substring(size_t(space) + 1);
	if(command == "clock") {
		if(SystemClock.isSet()) {
			Serial << "clock " << DateTime(SystemClock.now(eTZ_UTC)).toISO8601() << endl;
		} else {
			Serial << "clock unset" << endl;
		}
	} else if(command == "heap") {
		Serial << "heap " << system_get_free_heap_size() << " of " << hal_heap_total() << endl;
	} else if(command == "allocate") {
		Memory::release(state.kept);
		state.kept = Memory::allocate(size_t(argument.toInt()), Memory::Tag::certificate);
		Serial << "allocated " << (state.kept != nullptr) << endl;
	} else if(command == "listen") {
		Serial << "listening " << state.server.listen(int(argument.toInt())) << endl;
	} else if(command == "connect") {
		int colon = argument.lastIndexOf(':');
		connect(argument.substring(0, size_t(colon)), int(argument.substring(size_t(colon) + 1).toInt()));
	} else if(command == "tick") {
		state.ticker.initializeMs(5, []() { Serial << "tick" << endl; }).start();
	} else if(command == "quit") {
		hal_host_quit(int(argument.toInt()));
	} else if(command == "exit") {
		exit(int(argument.toInt()));
	} else if(command == "restart") {
		System.restart();
	} else if(command == "panic") {
		hal_panic("told to \"panic\"");
	} else if(command == "abort") {
		abort();
	} else if(command == "hang") {
		Serial << "hanging" << endl;
		while(true) {
			delay(1000);
		}
	} else {
		Serial << "unknown " << command << endl;
	}
}

void onInput(Stream& source, char, uint16_t)
{
	int c;
	while((c = source.read()) >= 0) {
		if(c == '\n') {
			String line(std::move(state.line));
			run(line);
		} else {
			state.line += char(c);
		}
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.onDataReceived(onInput);
	Serial << "ready" << endl;
}
