#include "../tcp/TcpSocket.h"
#include <Network/HttpServer.h>
#include <debug_progmem.h>

using Network::TcpSocket;

namespace
{
/* A client that is refused is waited for until it has read why: that takes memory, too. */
constexpr size_t minRefuseHeap = 1024;

} // namespace

HttpServer::~HttpServer()
{
	shutdown(); // before the paths go, which connections refer to
}

void HttpServer::configure(const HttpServerSettings& newSettings)
{
	settings = newSettings;
	if(settings.maxUrlLength > URL_MAX_LENGTH) {
		settings.maxUrlLength = URL_MAX_LENGTH;
	}
	if(settings.useDefaultBodyParsers) {
		setBodyParser(MIME_FORM_URL_ENCODED, formUrlParser);
	}
	setMaxConnections(settings.maxActiveConnections);
	TcpServer::setKeepAlive(settings.headSeconds);
}

TcpClient* HttpServer::createClient(TcpSocket* accepted)
{
	auto connection = new HttpServerConnection(accepted);
	if(connection != nullptr) {
		connection->setSettings(&settings);
		connection->setResourceTree(&paths);
		connection->setBodyParsers(&bodyParsers);
	}
	return connection;
}

/* The connection that has waited longest for a request, at least since the last poll; nullptr when none has. */
HttpServerConnection* HttpServer::findIdle() const
{
	HttpServerConnection* oldest = nullptr;
	for(auto client : getConnections()) {
		auto connection = static_cast<HttpServerConnection*>(client);
		auto longest = (oldest == nullptr) ? 0 : oldest->getIdleTime();
		if(connection->getIdleTime() > longest) {
			oldest = connection;
		}
	}
	return oldest;
}

bool HttpServer::makeRoom()
{
	size_t minHeap = isSecure() ? HTTP_SERVER_MIN_HEAP_SSL : HTTP_SERVER_MIN_HEAP;
	if(settings.minHeapSize >= 0) {
		minHeap = size_t(settings.minHeapSize);
	}
	for(;;) {
		bool room = TcpServer::makeRoom();
		if(room && Memory::available() >= minHeap) {
			return true;
		}
		auto idle = findIdle();
		if(idle == nullptr) {
			debug_w("HTTP: %u connections held, %s for another one", unsigned(getConnections().count()),
					room ? "no memory" : "no room");
			return false;
		}
		delete idle;
	}
}

void HttpServer::refuse(TcpSocket* accepted)
{
	if(Memory::available() < minRefuseHeap) {
		accepted->abort(); // no memory even to wait for its FIN
		return;
	}
	if(isSecure()) {
		TcpServer::refuse(accepted);
		return;
	}
	static constexpr char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
									 "Connection: close\r\n\r\n";
	accepted->write(reinterpret_cast<const uint8_t*>(answer), sizeof(answer) - 1, false);
	accepted->close();
}
