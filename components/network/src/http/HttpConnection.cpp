#include "HttpParser.h"
#include <Network/Http/HttpConnection.h>
#include <debug_progmem.h>

HttpConnection::~HttpConnection()
{
	endUpgrade();
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

bool HttpConnection::onProtocolUpgrade()
{
	return upgrade != nullptr && upgrade->onUpgradeBegin();
}

bool HttpConnection::onUpgradedData(char* data, size_t length)
{
	if(upgrade == nullptr) {
		return false;
	}
	Scope scope(*this, Scope::Kind::call);
	bool ok = upgrade->onUpgradeData(reinterpret_cast<uint8_t*>(data), length);
	if(scope.isCurrent()) {
		pauseIfFull();
	}
	return ok;
}

void HttpConnection::endUpgrade()
{
	auto handler = upgrade;
	upgrade = nullptr;
	if(handler != nullptr) {
		handler->onUpgradeEnd();
	}
}

void HttpConnection::onFinished(TcpClientState finishState)
{
	Scope scope(*this, Scope::Kind::call);
	TcpClient::onFinished(finishState);
	if(scope.isAlive()) {
		endUpgrade(); // last: its handler may connect anew
	}
}

void HttpConnection::onHttpError(HttpError error)
{
	debug_w("HTTP: %s", httpGetErrorDescription(error).c_str());
}
