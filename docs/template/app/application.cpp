/*
 * A page over HTTPS that says how long the device has been running.
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
constexpr int serverPort = 443;
HttpServer server;

void onIndex(HttpRequest&, HttpResponse& response)
{
	response.setContentType(MIME_HTML);
	response.sendString(F("<!DOCTYPE html><title>My application</title><p>Hello from the device."));
}

void onUptime(HttpRequest&, HttpResponse& response)
{
	response.setContentType(MIME_JSON);
	response.sendString(String("{\"seconds\": ") + String(millis() / 1000) + "}");
}

void initSession(Ssl::Session& session)
{
	session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
						   sizeof(default_certificate));
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	server.paths.set("/", onIndex);
	server.paths.set("/uptime", onUptime);
	server.setSslInitHandler(initSession);
	if(server.listen(serverPort, true)) {
		Serial << _F("Listening on ") << ip << ':' << server.getLocalPort() << endl;
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
