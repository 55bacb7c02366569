/* Commands "dns", "ntp", "udp", "wifi", "ca", "memory", "fail", "quit". */
#include <Memory.h>
#include <console.h>
#include <hal_host.h>

namespace
{
Network::NameLookup* lookups[8]; ///< the command's option "id" picks one
NtpClient* ntp;
UdpConnection* udp;
Ssl::TrustAnchors anchors;

void onName(IpAddress address, uint16_t port)
{
	say("dns", String("address=") + address.toString() + " port=" + String(port));
}

void dnsCommand(const Command& command)
{
	auto& lookup = lookups[size_t(command.number("id")) % ARRAY_SIZE(lookups)];
	if(lookup == nullptr) {
		lookup = new Network::NameLookup;
	}
	using Result = Network::NameLookup::Result;
	auto result = lookup->start(command.word(1), uint16_t(command.number("port", 80)), onName);
	if(result == Result::ready) {
		onName(lookup->getAddress(), lookup->getPort());
	} else {
		say("dns", result == Result::pending ? "pending" : "failed");
	}
	if(command.number("cancel") != 0) {
		delete lookup;
		lookup = nullptr;
	}
}

void ntpCommand(const Command& command)
{
	delete ntp;
	ntp = nullptr;
	if(command.word(1) == "stop") {
		return;
	}
	ntp = new NtpClient(command.word(1), unsigned(command.number("interval")), [](NtpClient&, time_t time) {
		say("ntp", String("time=") + String(static_cast<long long>(time)) + " clock=" +
					   String(static_cast<long long>(SystemClock.now(eTZ_UTC))));
	});
	ntp->setAutoUpdateSystemClock(command.number("set") != 0);
	if(command.number("interval") == 0) {
		ntp->requestTime();
	}
}

void udpCommand(const Command& command)
{
	delete udp;
	udp = nullptr;
	if(command.word(1) == "stop") {
		return;
	}
	bool remove = command.is("on-receive", "delete");
	udp = new UdpConnection([remove](UdpConnection& connection, char* data, int size, IpAddress ip, uint16_t port) {
		say("udp", String(data, size_t(size)) + " from " + ip.toString());
		connection.sendTo(ip, port, data, size);
		if(remove) {
			delete udp;
			udp = nullptr;
		}
	});
	say("udp", udp->listen(int(command.number("port"))) ? "listening" : "not listening");
}

void wifiCommand(const Command& command)
{
	WifiEvents.onStationConnect(
		[](const String& ssid, MacAddress, uint8_t) { say("wifi", String("connected ") + ssid); });
	WifiEvents.onStationGotIP([](IpAddress ip, IpAddress mask, IpAddress) {
		say("wifi", String("address ") + ip.toString() + " mask " + mask.toString());
	});
	WifiEvents.onStationDisconnect([](const String& ssid, MacAddress, WifiDisconnectReason reason) {
		say("wifi", String("disconnected ") + ssid + " " + WifiEvents.getDisconnectReasonName(reason));
	});
	if(command.word(1) == "on") {
		WifiStation.enable(true);
		WifiStation.config("net", "secret");
	} else {
		WifiStation.disconnect();
	}
	say("wifi", WifiStation.getConnectionStatusName());
}
} // namespace

bool otherCommand(const Command& command)
{
	auto verb = command.word(0);
	if(verb == "dns") {
		dnsCommand(command);
	} else if(verb == "ntp") {
		ntpCommand(command);
	} else if(verb == "udp") {
		udpCommand(command);
	} else if(verb == "wifi") {
		wifiCommand(command);
	} else if(verb == "ca") {
		uint8_t der[1024];
		auto hex = command.word(1);
		bool ok = anchors.add(der, parseHexString(hex.c_str(), hex.length(), der, sizeof(der)));
		Ssl::TrustAnchors::setDefault(&anchors);
		say("ca", ok ? "added" : "refused");
	} else if(verb == "memory") {
		say("memory", String("network=") + String(unsigned(Memory::statistics(Memory::Tag::network).current)) +
						  " all=" + String(unsigned(Memory::statistics().current)) +
						  " attempts=" + String(Memory::attempts()));
	} else if(verb == "fail") {
		Memory::failAllocation(uint32_t(command.word(1).toInt()));
	} else if(verb == "quit") {
		tcpCleanup();
		HttpClient::cleanup();
		for(auto lookup : lookups) {
			delete lookup;
		}
		delete ntp;
		delete udp;
		hal_host_quit(0);
	} else {
		return false;
	}
	return true;
}
