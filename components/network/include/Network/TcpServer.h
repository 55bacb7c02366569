/**
 * TcpServer: accepts connections on a port and makes a TcpClient of each, which deletes itself at its end.
 *
 * With TLS each connection gets a session in the server's role; the SSL init handler sets its certificate.
 */
#pragma once

#include "TcpClient.h"
#include <WVector.h>

/** Called with each new connection before its first data. */
using TcpClientConnectDelegate = Delegate<void(TcpClient* client)>;

/** Seconds a new connection may stay without traffic until setKeepAlive() says otherwise. */
#ifndef TCP_SERVER_TIMEOUT
#define TCP_SERVER_TIMEOUT 20
#endif

class TcpServer : public TcpConnection
{
public:
	TcpServer() : TcpConnection(false)
	{
	}

	TcpServer(TcpClientConnectDelegate onClient, TcpClientDataDelegate onReceive, TcpClientCompleteDelegate onComplete)
		: TcpConnection(false), clientConnectDelegate(onClient), clientReceiveDelegate(onReceive),
		  clientCompleteDelegate(onComplete)
	{
	}

	TcpServer(TcpClientDataDelegate onReceive, TcpClientCompleteDelegate onComplete)
		: TcpConnection(false), clientReceiveDelegate(onReceive), clientCompleteDelegate(onComplete)
	{
	}

	explicit TcpServer(TcpClientDataDelegate onReceive) : TcpConnection(false), clientReceiveDelegate(onReceive)
	{
	}

	/** Breaks off all connections. */
	~TcpServer() override;

	void setClientReceiveHandler(TcpClientDataDelegate delegate)
	{
		clientReceiveDelegate = delegate;
	}

	/**
	 * Begin to accept connections.
	 * @param port 1-65535; on host it may be mapped, see Network/Host.h
	 * @return false when the port is taken, there is no memory, or this server listens already
	 */
	virtual bool listen(int port, bool useSsl = false);

	/** Accept no more connections. Those that exist go on. */
	void close() override;

	/** Seconds without traffic after which a connection is closed. Applies to new connections. */
	void setKeepAlive(uint16_t seconds)
	{
		keepAlive = seconds;
	}

	/** Refuse connections beyond this number; 0: no limit. */
	void setMaxConnections(uint16_t count)
	{
		maxConnections = count;
	}

	/** Stop listening and break off all connections. */
	void shutdown();

	const Vector<TcpConnection*>& getConnections() const
	{
		return connections;
	}

protected:
	/** Make the object for a connection. @return nullptr to refuse it; the socket is then still the caller's */
	virtual TcpClient* createClient(Network::TcpSocket* accepted);

	virtual void onClient(TcpClient* client);
	virtual bool onClientReceive(TcpClient& client, char* data, int size);
	virtual void onClientComplete(TcpClient& client, bool successful);

	void onSocketAccepted(Network::TcpSocket* accepted) override;

	uint16_t maxConnections = 0;

private:
	void onClientDestroyed(TcpConnection& client);

	Vector<TcpConnection*> connections;
	TcpClientConnectDelegate clientConnectDelegate;
	TcpClientDataDelegate clientReceiveDelegate;
	TcpClientCompleteDelegate clientCompleteDelegate;
	uint16_t keepAlive = TCP_SERVER_TIMEOUT;
};
