/*
 * ChipServices: names, time and datagrams on a chip for tests. Lines of the console:
 *
 *     dns NAME           ask the name server
 *     ntp NAME           ask that time server, set the clock
 *     udp PORT TEXT      send a datagram to the machine at the other end of the serial line; an answer is printed
 */
#include <Network/NameLookup.h>
#include <SmingCore.h>

namespace
{
String typed;
Network::NameLookup lookup;
NtpClient* ntp;
UdpConnection* udp;

void onName(IpAddress address, uint16_t)
{
	Serial << _F("address ") << address << endl;
}

void onTime(NtpClient&, time_t time)
{
	SystemClock.setTime(time, eTZ_UTC);
	Serial << _F("time ") << uint32_t(time) << _F(", clock ") << uint32_t(SystemClock.now(eTZ_UTC))
		   << (SystemClock.isSet() ? _F(", set") : _F(", not set")) << endl;
}

void onDatagram(UdpConnection&, char* data, int size, IpAddress remote, uint16_t port)
{
	Serial << _F("datagram from ") << remote << ':' << port << _F(": ");
	Serial.write(reinterpret_cast<const uint8_t*>(data), size_t(size));
	Serial << endl;
}

void command(const String& line)
{
	int space = line.indexOf(' ');
	String word = line.substring(0, unsigned(space));
	String rest = line.substring(unsigned(space) + 1);
	if(word == "dns") {
		if(lookup.start(rest, 0, onName) == Network::NameLookup::Result::ready) {
			onName(lookup.getAddress(), 0);
		}
	} else if(word == "ntp") {
		delete ntp;
		ntp = new NtpClient(rest, 0, onTime);
		if(ntp != nullptr) {
			ntp->requestTime();
		}
	} else if(word == "udp") {
		space = rest.indexOf(' ');
		udp->sendStringTo(IpAddress(F("10.0.2.2")), uint16_t(rest.toInt()), rest.substring(unsigned(space) + 1));
	}
}

void onTyped(Stream& source, char, uint16_t)
{
	while(source.available() > 0) {
		char c = char(source.read());
		if(c == '\n') {
			command(typed);
			typed = "";
		} else {
			typed += c;
		}
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.onDataReceived(onTyped);
	udp = new UdpConnection(onDatagram);
	Serial.println(udp != nullptr && udp->listen(7777) ? _F("ready") : _F("no memory"));
}
