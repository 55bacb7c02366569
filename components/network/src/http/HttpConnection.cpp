#include "HttpParser.h"
#include <Network/Http/HttpConnection.h>
#include <debug_progmem.h>

HttpConnection::~HttpConnection()
{
	releaseParser();
}

bool HttpConnection::resetParser()
{
	releaseParser();
	upgraded = false;
	parser = HttpParser::create(*this, forRequests);
	return parser != nullptr;
}

void HttpConnection::releaseParser()
{
	auto old = parser;
	parser = nullptr;
	if(old != nullptr) {
		old->release();
	}
}

bool HttpConnection::send(HttpRequest* request)
{
	delete request;
	return false;
}

void HttpConnection::onConnected()
{
	state = eHCS_Ready;
	if(!resetParser()) {
		fail(Network::SocketError::noMemory);
		return;
	}
	TcpClient::onConnected();
}

bool HttpConnection::onReceive(char* data, size_t length)
{
	if(upgraded) {
		return onUpgradedData(data, length);
	}
	if(parser == nullptr) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	bool ok = parser->execute(data, length);
	if(!scope.isCurrent() || parser == nullptr) {
		return true;
	}
	if(!ok) {
		onHttpError(parser->getError());
		return false;
	}
	if(parser->isUpgrade()) {
		upgraded = true;
		auto parsed = parser->getParsed();
		if(!onProtocolUpgrade()) {
			return false;
		}
		return !scope.isCurrent() || parsed == length || onUpgradedData(data + parsed, length - parsed);
	}
	return true;
}

void HttpConnection::onHttpError(HttpError error)
{
	debug_w("HTTP: %s", httpGetErrorDescription(error).c_str());
}
