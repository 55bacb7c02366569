#include "TcpSocket.h"
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
	if(socket != nullptr || port <= 0 || port > 65535) {
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
	bool room = (maxConnections == 0 || connections.count() < maxConnections);
	auto client = room ? createClient(accepted) : nullptr;
	if(client == nullptr) {
		debug_w("TCP: connection refused, %s", room ? "no memory" : "too many");
		accepted->abort();
		return;
	}
	if(!connections.add(client)) {
		delete client;
		return;
	}
	client->setDestroyedDelegate(TcpConnectionDestroyedDelegate(&TcpServer::onClientDestroyed, this));
	client->setTimeOut(keepAlive);
	client->setSslInitHandler(sslInit);
	client->accept(useSsl, TcpClientConnectDelegate(&TcpServer::onClient, this));
}

void TcpServer::onClientDestroyed(TcpConnection& client)
{
	connections.removeElement(&client);
}

void TcpServer::onClient(TcpClient* client)
{
	clientConnectDelegate(client);
}

bool TcpServer::onClientReceive(TcpClient& client, char* data, int size)
{
	return clientReceiveDelegate ? clientReceiveDelegate(client, data, size) : true;
}

void TcpServer::onClientComplete(TcpClient& client, bool successful)
{
	clientCompleteDelegate(client, successful);
}
