/*
 * ChipClient: a TLS client on a chip for tests. A line "connect PORT" on the console connects to the machine at the
 * other end of the serial line, which must show a certificate for its address from an authority that was compiled in
 * (TRUST_ANCHORS). One line says how that ended: "accepted" or "refused: WHY"; after the former another one for how long
 * the device did not sleep.
 */
#include <SmingCore.h>
#include <hal_chip.h>

namespace
{
uint64_t busyBefore;
char line[32];
size_t length;

bool onReceive(TcpClient& client, char*, int)
{
	Serial.println(_F("accepted"));
	Serial << _F("busy ") << uint32_t(chip_busy_us() - busyBefore) << _F(" us") << endl;
	client.close();
	return true;
}

void onComplete(TcpClient& client, bool successful)
{
	auto ssl = client.getSsl();
	if(!successful && ssl != nullptr && ssl->getError() != Ssl::Error::none) {
		Serial << _F("refused: ") << ssl->getErrorString() << endl;
	} else {
		Serial << _F("ended: ") << successful << endl;
	}
}

void connect(int port)
{
	busyBefore = chip_busy_us();
	auto client = new TcpClient(TcpClientCompleteDelegate(onComplete), TcpClientDataDelegate(onReceive));
	if(client == nullptr || !client->connect(F("10.0.2.2"), port, true)) {
		Serial.println(_F("cannot connect"));
	}
}

void onLine()
{
	constexpr size_t commandLength = sizeof("connect ") - 1;
	line[length] = '\0';
	if(length > commandLength) {
		connect(int(String(line + commandLength).toInt()));
	}
	length = 0;
}

void onTyped(Stream& source, char, uint16_t)
{
	while(source.available() > 0) {
		char c = char(source.read());
		if(c == '\n') {
			onLine();
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
	Serial.println(_F("ready"));
}
