/*
 * Connect to a TLS server and send back whatever it sends.
 */
#include <SmingCore.h>
#include <malloc_count.h>
#include <settings.h>

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

namespace
{
TcpClient* client;
bool showSession = true;

bool onReceive(TcpClient& tcpClient, char* data, int size)
{
	debug_d("Got %d bytes, heap in use %u", size, unsigned(MallocCount::getCurrent()));
	if(showSession) {
		auto ssl = tcpClient.getSsl();
		if(ssl != nullptr) {
			Serial.print(*ssl);
		}
		showSession = false;
	}
	return tcpClient.send(data, size_t(size));
}

void onComplete(TcpClient& tcpClient, bool successful)
{
	Serial << _F("Connection ended, success: ") << successful << endl;
	auto ssl = tcpClient.getSsl();
	if(!successful && ssl != nullptr && ssl->getError() != Ssl::Error::none) {
		Serial << _F("TLS failed: ") << ssl->getErrorString() << endl;
	}
}

void initSession(Ssl::Session& session)
{
	session.options.verifyLater = true;
#if USE_PINS
	session.validators.pin(certSha1);
	session.validators.pin(certSha256);
	session.validators.pin(publicKeySha256);
#endif
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	Serial << _F("Connected. Got IP: ") << ip << endl;
	client = new TcpClient(TcpClientCompleteDelegate(onComplete), TcpClientDataDelegate(onReceive));
	if(client == nullptr) {
		Serial.println(_F("Out of memory"));
		return;
	}
	client->setSslInitHandler(initSession);
	if(!client->connect(IpAddress(SERVER_IP), SERVER_PORT, true)) {
		Serial.println(_F("Cannot connect to " SERVER_IP));
	}
}

void connectFail(const String& ssid, MacAddress, WifiDisconnectReason reason)
{
	Serial << _F("Not connected to ") << ssid << ": " << WifiEvents.getDisconnectReasonDesc(reason) << endl;
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);

	WifiEvents.onStationDisconnect(connectFail);
	WifiEvents.onStationGotIP(gotIP);
	WifiStation.enable(true);
	WifiStation.config(WIFI_SSID, WIFI_PWD);
}
