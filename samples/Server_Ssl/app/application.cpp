/*
 * A TLS server: sends back whatever a client sends.
 */
#include <SmingCore.h>
#include <settings.h>

#if __has_include(<ssl/private_key.h>)
#include <ssl/cert.h>
#include <ssl/private_key.h>
#define HAVE_CERTIFICATE 1
#endif

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

namespace
{
TcpServer* server;

/* Called when listening begins and for each connection: assigning the same key again costs next to nothing. */
void initSession(Ssl::Session& session)
{
#ifdef HAVE_CERTIFICATE
	session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
						   sizeof(default_certificate));
#endif
	session.options.sessionResume = true;
}

void onClient(TcpClient* client)
{
	Serial << _F("Client from ") << client->getRemoteIp() << endl;
}

bool onReceive(TcpClient& client, char* data, int size)
{
	return client.send(data, size_t(size));
}

void onComplete(TcpClient& client, bool successful)
{
	Serial << _F("Connection ended, success: ") << successful;
	auto ssl = client.getSsl();
	if(ssl != nullptr) {
		Serial << (ssl->isResumed() ? _F(", resumed") : _F(", full handshake"));
		if(!successful && ssl->getError() != Ssl::Error::none) {
			Serial << ": " << ssl->getErrorString();
		}
	}
	Serial << endl;
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	server = new TcpServer(onClient, onReceive, onComplete);
	if(server == nullptr) {
		Serial.println(_F("Out of memory"));
		return;
	}
	server->setMaxConnections(MAX_CONNECTIONS);
	server->setSslInitHandler(initSession);
	if(server->listen(SERVER_PORT, true)) {
		Serial << _F("Listening on ") << ip << ':' << SERVER_PORT << endl;
	} else {
		auto error = server->getSslError();
		Serial << _F("Not listening: ")
			   << (error == Ssl::Error::none ? String(_F("the port cannot be had")) : Ssl::getErrorString(error)) << endl;
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
