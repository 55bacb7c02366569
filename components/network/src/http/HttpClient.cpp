#include "ResumptionStore.h"
#include <Network/HttpClient.h>
#include <debug_progmem.h>

namespace
{
/* Sessions of connections that are gone. */
ResumptionStore sessions;

/*
 * Connections of all clients. Each takes itself off the list when it is deleted, which it does by itself once it
 * is closed and has no request left.
 */
class PooledConnection final : public HttpClientConnection
{
public:
	explicit PooledConnection(const HttpRequest& request)
		: HttpClientConnection(true), next(first), host(request.uri.Host), port(request.uri.getPort())
	{
		first = this;
		setResumption(sessions.take(host, port));
	}
	~PooledConnection() override
	{
		auto link = &first;
		while(*link != this) {
			link = &(*link)->next;
		}
		*link = next;
		sessions.keep(host, port, takeResumption());
	}

	static PooledConnection* find(const HttpRequest& request)
	{
		for(auto connection = first; connection != nullptr; connection = connection->next) {
			if(connection->isProcessing() && connection->fits(request)) {
				return connection;
			}
		}
		return nullptr;
	}

	/* A place for one more, if need be that of a connection without requests. */
	static bool makeRoom()
	{
		unsigned count = 0;
		PooledConnection* idle = nullptr;
		for(auto connection = first; connection != nullptr; connection = connection->next) {
			++count;
			if(connection->isFinished()) {
				idle = connection; // the last one found is the oldest
			}
		}
		if(count < HTTP_REQUEST_POOL_SIZE) {
			return true;
		}
		if(idle == nullptr) {
			return false;
		}
		delete idle;
		return true;
	}

	static PooledConnection* first;

private:
	PooledConnection* next;
	String host;
	int port;
};

PooledConnection* PooledConnection::first;

} // namespace

bool HttpClient::send(HttpRequest* request)
{
	if(request == nullptr) {
		return false;
	}
	auto connection = PooledConnection::find(*request);
	if(connection != nullptr) {
		return connection->send(request);
	}
	connection = PooledConnection::makeRoom() ? new PooledConnection(*request) : nullptr;
	if(connection == nullptr) {
		debug_e("HTTP: no memory or too many connections");
		delete request;
		return false;
	}
	if(!connection->send(request)) {
		delete connection;
		return false;
	}
	return true;
}

bool HttpClient::sendRequest(const Url& url, RequestCompletedDelegate requestComplete)
{
	auto request = createRequest(url);
	return request != nullptr && send(request->onRequestComplete(requestComplete));
}

bool HttpClient::sendRequest(HttpMethod method, const Url& url, const HttpHeaders& headers,
							 RequestCompletedDelegate requestComplete)
{
	auto request = createRequest(url);
	return request != nullptr &&
		   send(request->setMethod(method)->setHeaders(headers)->onRequestComplete(requestComplete));
}

bool HttpClient::sendRequest(HttpMethod method, const Url& url, const HttpHeaders& headers, const String& body,
							 RequestCompletedDelegate requestComplete)
{
	auto request = createRequest(url);
	return request != nullptr &&
		   send(request->setMethod(method)->setHeaders(headers)->setBody(body)->onRequestComplete(requestComplete));
}

bool HttpClient::sendRequest(HttpMethod method, const Url& url, const HttpHeaders& headers, String&& body,
							 RequestCompletedDelegate requestComplete) noexcept
{
	auto request = createRequest(url);
	return request != nullptr && send(request->setMethod(method)
										  ->setHeaders(headers)
										  ->setBody(std::move(body))
										  ->onRequestComplete(requestComplete));
}

bool HttpClient::downloadString(const Url& url, RequestCompletedDelegate requestComplete, size_t maxLength)
{
	auto request = createRequest(url);
	return request != nullptr && send(request->setResponseStream(new LimitedMemoryStream(maxLength))
										  ->onRequestComplete(requestComplete));
}

void HttpClient::cleanup()
{
	while(PooledConnection::first != nullptr) {
		delete PooledConnection::first;
	}
	sessions.clear();
}
