/*
 * Download a page over HTTPS and show what TLS has to say about the server.
 */
#include <CounterStream.h>
#include <SmingCore.h>
#include <malloc_count.h>
#include <settings.h>

#ifndef WIFI_SSID
#define WIFI_SSID "PleaseEnterSSID"
#define WIFI_PWD "PleaseEnterPass"
#endif

#ifdef CA_FILE
IMPORT_FSTR_LOCAL(caCertificate, CA_FILE)
#endif

namespace
{
constexpr unsigned heapIntervalMs = 5000;

HttpClient downloadClient;
OneShotFastMs connectTimer;
Timer heapTimer;
#ifdef CA_FILE
Ssl::TrustAnchors trustAnchors;
#endif

void printHeap()
{
	Serial.println(_F("Heap statistics"));
	Serial.print(_F("  Free bytes:  "));
	auto bytes = system_get_free_heap_size();
	if(bytes == UINT32_MAX) {
		// A PC: its option --heap gives it as little as a chip has
		Serial.println(_F("unlimited"));
	} else {
		Serial.println(bytes);
	}
	Serial << _F("  Used:        ") << MallocCount::getCurrent() << endl;
	Serial << _F("  Peak used:   ") << MallocCount::getPeak() << endl;
	Serial << _F("  Allocations: ") << MallocCount::getAllocCount() << endl;
}

int onDownload(HttpConnection& connection, bool success)
{
	auto elapsed = connectTimer.elapsedTime();
	auto& response = *connection.getResponse();
	auto ssl = connection.getSsl();

	if(!success && ssl != nullptr && ssl->getError() != Ssl::Error::none) {
		Serial << _F("TLS failed: ") << ssl->getErrorString() << endl;
	}
	if(response.stream == nullptr) {
		Serial << _F("No response: ") << Network::getErrorText(connection.getError()) << endl;
		return 0;
	}

	Serial << _F("Got response code: ") << unsigned(response.code) << " (" << response.code << _F("), success: ")
		   << success << _F(", received ") << response.stream->available() << _F(" bytes") << endl;
	for(auto header : response.headers) {
		Serial.print(header);
	}
	if(ssl != nullptr) {
		Serial.print(*ssl);
	}
	Serial << _F("Time to connect and download page: ") << elapsed.toString() << endl;
	return 0;
}

/* Called before each TLS handshake. */
void initSession(Ssl::Session& session, HttpRequest&)
{
	debug_i("Setting up the TLS session for %s", session.hostName.c_str());
#if USE_PINS
	// One of them is enough
	session.validators.pin(certSha1);
	session.validators.pin(certSha256);
	session.validators.pin(publicKeySha256);
#elif defined(CA_FILE)
	session.trustAnchors = &trustAnchors;
#endif

	// Take records of any size. Less memory is needed with servers that know maximum fragment length (RFC 6066)
	session.maxBufferSize = Ssl::MaxBufferSize::K16;

	// Be able to talk to as many servers as possible
	session.cipherSuites = &Ssl::CipherSuites::full;
}

void gotIP(IpAddress ip, IpAddress, IpAddress)
{
	Serial << _F("Connected. Got IP: ") << ip << endl;
	connectTimer.start();

	auto request = new HttpRequest(F(DOWNLOAD_URL));
	if(request == nullptr) {
		Serial.println(_F("Out of memory"));
		return;
	}
	request->onSslInit(initSession);
	request->onRequestComplete(onDownload);
	request->setResponseStream(new CounterStream);
	if(!downloadClient.send(request)) {
		Serial.println(_F("The request was refused, see the log"));
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
	Serial.println(_F("Ready for SSL tests"));

#ifdef CA_FILE
	if(!trustAnchors.add(caCertificate)) {
		Serial << _F("CA_FILE cannot be used: ") << Ssl::getErrorString(trustAnchors.getError()) << endl;
	}
#endif

	heapTimer.initializeMs<heapIntervalMs>(printHeap).start();

	WifiEvents.onStationGotIP(gotIP);
	WifiEvents.onStationDisconnect(connectFail);
	WifiStation.enable(true);
	WifiStation.config(WIFI_SSID, WIFI_PWD);
}
