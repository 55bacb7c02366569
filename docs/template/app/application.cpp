/*
 * A server over TLS that answers "ping" with "pong".
 */
#include <SmingCore.h>
#include <ssl/cert.h>
#include <ssl/private_key.h>

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

namespace
{
constexpr int serverPort = 4443;
TcpServer* server;

void onClient(TcpClient* client)
{
	Serial << _F("Client from ") << client->getRemoteIp() << endl;
}

bool onReceive(TcpClient& client, char* data, int size)
{
	String request(data, size_t(size));
	request.trim();
	return client.sendString(request == "ping" ? "pong\n" : "what?\n");
}

void onComplete(TcpClient&, bool successful)
{
	Serial << _F("Connection ended, success: ") << successful << endl;
}

void initSession(Ssl::Session& session)
{
	session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
						   sizeof(default_certificate));
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	server = new TcpServer(onClient, onReceive, onComplete);
	if(server == nullptr) {
		Serial.println(_F("Out of memory"));
		return;
	}
	server->setSslInitHandler(initSession);
	if(server->listen(serverPort, true)) {
		Serial << _F("Listening on ") << ip << ':' << serverPort << endl;
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);

	WifiEvents.onStationGotIP(gotIP);
	WifiStation.enable(true);
	WifiStation.config(WIFI_SSID, WIFI_PWD);
}
