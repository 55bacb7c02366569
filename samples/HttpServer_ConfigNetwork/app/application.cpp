/*
 * A device's network is configured in the browser: pages and data over HTTPS.
 */
#include <AppSettings.h>
#include <Data/Stream/TemplateFlashMemoryStream.h>
#include <JsonObjectStream.h>
#include <SmingCore.h>

#if defined(ENABLE_SSL) && __has_include(<ssl/private_key.h>)
#include <ssl/cert.h>
#include <ssl/private_key.h>
#define HAVE_CERTIFICATE 1
#endif

namespace
{
// The page of the address is compiled in, those of the folder files/ can be replaced
IMPORT_FSTR_LOCAL(addressPage, PROJECT_DIR "/web/ipconfig.html")

HttpServer server;
AppSettings settings;
HashMap<String, BssInfo> networks;
SimpleTimer scanTimer;
SimpleTimer connectTimer;
String wantedSsid; // while connecting is put off until the answer is sent
String wantedPassword;

/* Nothing from elsewhere: the pages need only what this server sends. */
void protect(HttpResponse& response)
{
	response.setHeader(F("Content-Security-Policy"), F("default-src 'self'; frame-ancestors 'none'"));
	response.setHeader(F("X-Content-Type-Options"), F("nosniff"));
	response.setHeader(F("Referrer-Policy"), F("same-origin"));
}

/* A page of another site must not change anything here: browsers say where a request comes from. */
bool isFromHere(const HttpRequest& request)
{
	auto origin = request.getHeader("Origin");
	return origin.isNull() || Url(origin).getHostWithPort() == request.getHeader("Host");
}

void onIndex(HttpRequest&, HttpResponse& response)
{
	protect(response);
	response.sendFile("index.html");
}

void onFile(HttpRequest& request, HttpResponse& response)
{
	auto file = request.uri.getRelativePath();
	if(file.startsWith(".")) {
		response.code = HTTP_STATUS_FORBIDDEN;
		return;
	}
	protect(response);
	response.setCache(600, true);
	response.sendFile(file);
}

/* @return what is wrong with the form, for people; empty: nothing, it is stored */
String storeAddress(const HttpRequest& request)
{
	bool dhcp = request.getPostParameter("dhcp") == "1";
	IpAddress ip(request.getPostParameter("ip"));
	IpAddress netmask(request.getPostParameter("netmask"));
	IpAddress gateway(request.getPostParameter("gateway"));
	if(!dhcp && (ip.isNull() || netmask.isNull() || gateway.isNull())) {
		return F("These are not addresses: give four numbers each, such as 192.168.1.77.");
	}
	settings.dhcp = dhcp;
	if(!dhcp) {
		settings.ip = ip;
		settings.netmask = netmask;
		settings.gateway = gateway;
	}
	if(!settings.save()) {
		return F("The settings could not be written.");
	}
	Serial << _F("Address settings changed") << endl;
	return "";
}

int onIpConfig(HttpServerConnection& connection, HttpRequest& request, HttpResponse& response)
{
	String message;
	const char* kind = "";
	if(request.method == HTTP_POST) {
		if(!isFromHere(request)) {
			response.code = HTTP_STATUS_FORBIDDEN;
			return 0;
		}
		Serial << _F("Request from ") << connection.getRemoteIp() << endl;
		message = storeAddress(request);
		kind = message.isEmpty() ? "good" : "bad";
		if(message.isEmpty()) {
			message = F("Saved. It counts from the next start on.");
		}
	}
	auto page = new TemplateFlashMemoryStream(addressPage);
	if(page != nullptr) {
		bool known = !settings.ip.isNull();
		page->setDoubleBraces(true);
		page->setVar("dhcpOn", settings.dhcp ? "checked" : "");
		page->setVar("dhcpOff", settings.dhcp ? "" : "checked");
		page->setVar("ip", (known ? settings.ip : WifiStation.getIP()).toString());
		page->setVar("netmask", (known ? settings.netmask : WifiStation.getNetworkMask()).toString());
		page->setVar("gateway", (known ? settings.gateway : WifiStation.getNetworkGateway()).toString());
		page->setVar("kind", kind);
		page->setVar("message", htmlEscape(message));
	}
	protect(response);
	response.sendNamedStream(page); // deletes it
	return 0;
}

void onGetNetworks(HttpRequest&, HttpResponse& response)
{
	auto stream = new JsonObjectStream(4096);
	if(stream != nullptr) {
		auto json = stream->getRoot();
		bool connected = WifiStation.isConnected();
		json["status"] = true;
		json["connected"] = connected;
		if(connected) {
			json["network"] = WifiStation.getSSID();
		}
		auto list = json.createNestedArray("available");
		for(auto network : networks) {
			auto item = list.createNestedObject();
			item["id"] = network->getHashId();
			item["title"] = network->ssid;
			item["signal"] = network->rssi;
			item["encryption"] = network->getAuthorizationMethodName();
		}
	}
	response.sendDataStream(stream, MIME_JSON);
}

void makeConnection()
{
	Serial << _F("Connecting to ") << wantedSsid << endl;
	WifiStation.enable(true);
	WifiStation.config(wantedSsid, wantedPassword);
	settings.ssid = wantedSsid;
	settings.password = wantedPassword;
	settings.save();
	wantedSsid = nullptr;
}

void onConnect(HttpRequest& request, HttpResponse& response)
{
	if(request.method != HTTP_POST || !isFromHere(request)) {
		response.code = HTTP_STATUS_FORBIDDEN;
		return;
	}
	auto ssid = request.getPostParameter("network");
	auto password = request.getPostParameter("password");
	bool changes = ssid.length() > 0 && (WifiStation.getSSID() != ssid || WifiStation.getPassword() != password);
	bool busy = WifiStation.getConnectionStatus() == eSCS_Connecting || !wantedSsid.isEmpty();

	auto stream = new JsonObjectStream;
	if(stream != nullptr) {
		auto json = stream->getRoot();
		json["status"] = !(changes && busy);
		json["connected"] = !changes && WifiStation.isConnected();
		if(!changes && !busy && WifiStation.isConnectionFailed()) {
			json["error"] = WifiStation.getConnectionStatusName();
		}
	}
	if(changes && !busy) {
		wantedSsid = ssid;
		wantedPassword = password;
		connectTimer.initializeMs<1200>(makeConnection).startOnce(); // the answer must leave before the network changes
	}
	response.sendDataStream(stream, MIME_JSON);
}

void startWebServer()
{
	server.paths.set("/", onIndex);
	server.paths.set("/ipconfig", onIpConfig);
	server.paths.set("/ajax/get-networks", onGetNetworks);
	server.paths.set("/ajax/connect", onConnect);
	server.paths.setDefault(onFile);
#ifdef ENABLE_SSL
	server.setSslInitHandler([](Ssl::Session& session) {
#ifdef HAVE_CERTIFICATE
		session.keyCert.assign(default_private_key, sizeof(default_private_key), default_certificate,
							   sizeof(default_certificate));
#endif
		session.options.sessionResume = true;
	});
	bool listening = server.listen(443, true);
	const char* scheme = "https";
#else
	bool listening = server.listen(80);
	const char* scheme = "http";
#endif
	if(listening) {
#ifdef ARCH_HOST
		Serial << _F("Open ") << scheme << _F("://localhost:") << server.getLocalPort() << '/' << endl;
#else
		Serial << _F("Open ") << scheme << _F(": port ") << server.getLocalPort() << _F(" of this device") << endl;
#endif
	} else {
		auto error = server.getSslError();
		Serial << _F("Not listening: ")
			   << (error == Ssl::Error::none ? String(_F("the port cannot be had")) : Ssl::getErrorString(error)) << endl;
	}
}

void scanNetworks();

void onScanned(bool succeeded, BssList& list)
{
	if(succeeded) {
		networks.clear();
		for(auto& network : list) {
			int known = networks.indexOf(network.ssid);
			bool stronger = known < 0 || network.rssi > networks.valueAt(size_t(known)).rssi;
			if(!network.hidden && network.ssid.length() > 0 && stronger) {
				networks[network.ssid] = network;
			}
		}
	}
	scanTimer.initializeMs<30000>(scanNetworks).startOnce();
}

void scanNetworks()
{
	if(!WifiStation.startScan(onScanned)) {
		scanTimer.initializeMs<5000>(scanNetworks).startOnce();
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);

	fileSystemMount();
	settings.load();

	WifiStation.enable(true);
	if(settings.exist()) {
		WifiStation.config(settings.ssid, settings.password);
		if(!settings.dhcp && !settings.ip.isNull()) {
			WifiStation.setIP(settings.ip, settings.netmask, settings.gateway);
		}
	}
	scanNetworks();

	// Without a network yet, the device is one itself
	WifiAccessPoint.enable(true);
	WifiAccessPoint.config("Sming Configuration", "", AUTH_OPEN);

	System.onReady(startWebServer);
}
