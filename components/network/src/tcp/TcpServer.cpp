#include "TcpSocket.h"
#include "plainAlert.h"
#include <Network/Ssl/Factory.h>
#include <Network/TcpServer.h>
#include <debug_progmem.h>

using Network::SocketError;
using Network::TcpSocket;

TcpServer::~TcpServer()
{
	shutdown();
}

bool TcpServer::listen(int port, bool withSsl)
{
	sslError = Ssl::Error::none;
	if(socket != nullptr || port <= 0 || port > 65535 || (withSsl && !checkCertificate())) {
		return false;
	}
	socket = TcpSocket::create();
	if(socket == nullptr) {
		return false;
	}
	socket->setEvents(this);
	auto error = socket->listen(uint16_t(port));
	if(error != SocketError::none) {
		debug_e("TCP: cannot listen on port %d: %s", port,
				error == SocketError::refused ? "it is in use" : getErrorText(error));
		socket->abort();
		socket = nullptr;
		return false;
	}
	useSsl = withSsl;
	return true;
}

/* Whoever connects could only be refused without a certificate; better to know at once. */
bool TcpServer::checkCertificate()
{
	auto session = new Ssl::Session;
	if(session == nullptr) {
		sslError = Ssl::Error::noMemory;
	} else if(!Ssl::factory->isEnabled()) {
		sslError = Ssl::Error::notEnabled;
	} else {
		session->serverShare = &share;
		sslInitSession(*session);
		if(!session->keyCert.isValid()) {
			sslError = session->keyCert.getError();
			if(sslError == Ssl::Error::none) {
				sslError = Ssl::Error::noCertificate;
			}
		} else if(!session->options.freeKeyCertAfterHandshake) {
			share.keyCert = session->keyCert;
		}
	}
	delete session;
	if(sslError == Ssl::Error::none) {
		return true;
	}
	debug_e("TLS: not listening: %s", Ssl::getErrorString(sslError).c_str());
	return false;
}

void TcpServer::close()
{
	if(socket != nullptr) {
		socket->abort();
		socket = nullptr;
	}
}

void TcpServer::shutdown()
{
	close();
	while(connections.count() > 0) {
		// Its destroyed delegate takes it off the list
		delete connections[connections.count() - 1];
	}
}

TcpClient* TcpServer::createClient(TcpSocket* accepted)
{
	return new TcpClient(accepted, TcpClientDataDelegate(&TcpServer::onClientReceive, this),
						 TcpClientCompleteDelegate(&TcpServer::onClientComplete, this));
}

void TcpServer::onSocketAccepted(TcpSocket* accepted)
{
	bool room = makeRoom();
	auto client = room ? createClient(accepted) : nullptr;
	if(client == nullptr) {
		if(room) {
			debug_w("TCP: connection refused: no memory");
		} else {
			debug_w("TCP: connection refused: %u are open, as many as setMaxConnections() allows",
					unsigned(connections.count()));
		}
		refuse(accepted);
		return;
	}
	if(!connections.add(client)) {
		delete client;
		return;
	}
	client->sslShare = &share;
	client->handshakeTimeOut = handshakeTimeOut;
	client->setDestroyedDelegate(TcpConnectionDestroyedDelegate(&TcpServer::onClientDestroyed, this));
	client->setTimeOut(keepAlive);
	client->setSslInitHandler(sslInit);
	client->accept(useSsl, TcpClientConnectDelegate(&TcpServer::onClient, this));
}

bool TcpServer::makeRoom()
{
	return maxConnections == 0 || connections.count() < maxConnections;
}

void TcpServer::refuse(TcpSocket* accepted)
{
	if(useSsl) {
		Network::sendPlainAlert(*accepted, Ssl::Alert::INTERNAL_ERROR);
		accepted->close();
	} else {
		accepted->abort();
	}
}

void TcpServer::onClientDestroyed(TcpConnection& client)
{
	connections.removeElement(&client);
	if(connections.isEmpty()) {
		connections.trimToSize(); // as much memory as before the first of them
	}
}

/* The application may delete this object while a delegate of it runs: what runs is a copy. */
void TcpServer::onClient(TcpClient* client)
{
	auto function = clientConnectDelegate;
	function(client);
}

bool TcpServer::onClientReceive(TcpClient& client, char* data, int size)
{
	auto function = clientReceiveDelegate;
	return function ? function(client, data, size) : true;
}

void TcpServer::onClientComplete(TcpClient& client, bool successful)
{
	auto function = clientCompleteDelegate;
	function(client, successful);
}
