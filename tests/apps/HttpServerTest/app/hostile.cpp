/* Paths whose callbacks do to their connection what they should not: "/hostile?at=url|headers|body|complete&do=a+b". */
#include "hostile.h"

namespace
{
void (*stopServer)();

/* What a callback was given is compared with it after the callback did something. */
uint8_t seen[16384];

/* @return false when the connection is gone */
bool act(TcpClient& connection, const String& actions)
{
	for(size_t start = 0; start < actions.length();) {
		const int end = actions.indexOf('.', start);
		const size_t stop = end < 0 ? actions.length() : size_t(end);
		const String word = actions.substring(start, stop);
		start = stop + 1;
		auto session = connection.getSsl();
		if(word == "stop") {
			stopServer();
			return false;
		}
		if(word == "close") {
			connection.close();
		} else if(word == "fail" && session != nullptr) {
			session->fail(Ssl::Error::canceled);
		} else if(word == "goodbye" && session != nullptr) {
			session->close();
		} else if(word == "flush") {
			connection.flush();
		} else if(word == "commit") {
			connection.commit();
		} else if(word == "write") {
			connection.write("written", 7);
		} else if(word == "send") {
			connection.sendString("queued");
		} else if(word == "last") {
			connection.sendString("queued", true);
		} else if(word == "starve") {
			Memory::failAllocation(1, true);
		} else if(word == "feast") {
			Memory::failAllocation(0);
		}
	}
	return true;
}

int actAt(TcpClient& connection, HttpRequest& request, const char* where)
{
	if(request.getQueryParameter("at") != where) {
		return 0;
	}
	const String actions = request.getQueryParameter("do");
	act(connection, actions);
	say("hostile", "acted");
	return actions.endsWith("refuse") ? -1 : 0;
}

void actOn(TcpClient& connection, const String& actions, const void* data, size_t size)
{
	const size_t count = size < sizeof(seen) ? size : sizeof(seen);
	memcpy(seen, data, count);
	act(connection, actions);
	say("hostile", memcmp(seen, data, count) == 0 ? "acted" : "lost its data");
}

} // namespace

void addHostilePaths(HttpResourceTree& paths, void (*stop)())
{
	stopServer = stop;
	auto resource = new HttpResource;
	resource->onUrlComplete = [](HttpServerConnection& connection, HttpRequest& request, HttpResponse&) {
		return actAt(connection, request, "url");
	};
	resource->onHeadersComplete = [](HttpServerConnection& connection, HttpRequest& request, HttpResponse&) {
		return actAt(connection, request, "headers");
	};
	resource->onBody = [](HttpServerConnection& connection, HttpRequest& request, char** at, int* length) {
		if(request.getQueryParameter("at") == "body") {
			const String actions = request.getQueryParameter("do");
			const size_t size = size_t(*length);
			actOn(connection, actions, *at, size);
			return actions.endsWith("refuse") ? -1 : 0;
		}
		*length = 0;
		return 0;
	};
	resource->onRequestComplete = [](HttpServerConnection& connection, HttpRequest& request, HttpResponse& response) {
		response.sendString("complete\n");
		return actAt(connection, request, "complete");
	};
	paths.set("/hostile", resource);

	auto websocket = new WebsocketResource;
	websocket->setMessageHandler([](WebsocketConnection& socket, const String& message) {
		actOn(*socket.getConnection(), message, message.c_str(), message.length());
	});
	websocket->setBinaryHandler([](WebsocketConnection& socket, uint8_t* data, size_t size) {
		actOn(*socket.getConnection(), String(reinterpret_cast<char*>(data), size), data, size);
	});
	paths.set("/hostile-socket", websocket);
}
