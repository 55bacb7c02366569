/**
 * TcpServer: accepts connections on a port and makes a TcpClient of each, which deletes itself at its end.
 *
 * With TLS each connection gets a session in the server's role:
 *
 *     server.setSslInitHandler([](Ssl::Session& session) { session.keyCert.assign(key, certificate); });
 *     if(!server.listen(443, true)) {
 *         debug_e("%s", Ssl::getErrorString(server.getSslError()).c_str());
 *     }
 *
 * The handler runs once when listening begins, to find out whether there is a certificate at all, and then for every
 * connection: a renewed certificate counts from the next one on. A key is decoded once, see Ssl::KeyCertPair.
 * Handshakes take turns, see Ssl::HandshakeQueue; sessions that can be resumed (options.sessionResume) are kept here,
 * up to session.cacheSize of them.
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

/**
 * Connections a server holds at once until setMaxConnections() says otherwise. On host a process may usually have 1024
 * descriptors. On chips memory is what decides; this keeps a peer from taking all of it with connections that do nothing.
 */
#ifndef TCP_SERVER_MAX_CONNECTIONS
#ifdef ARCH_HOST
#define TCP_SERVER_MAX_CONNECTIONS 1000
#else
#define TCP_SERVER_MAX_CONNECTIONS 10
#endif
#endif

class TcpServer : public TcpConnection
{
public:
	TcpServer() : TcpServer(nullptr, nullptr, nullptr)
	{
	}

	TcpServer(TcpClientConnectDelegate onClient, TcpClientDataDelegate onReceive, TcpClientCompleteDelegate onComplete)
		: TcpConnection(false), clientConnectDelegate(onClient), clientReceiveDelegate(onReceive),
		  clientCompleteDelegate(onComplete)
	{
		handshakeTimeOut = TCP_SERVER_TIMEOUT;
	}

	TcpServer(TcpClientDataDelegate onReceive, TcpClientCompleteDelegate onComplete)
		: TcpServer(nullptr, onReceive, onComplete)
	{
	}

	explicit TcpServer(TcpClientDataDelegate onReceive) : TcpServer(nullptr, onReceive, nullptr)
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
	 * @return false when the port is taken, there is no memory, this server listens already, or with `useSsl` there
	 *         is no usable certificate, see getSslError()
	 */
	virtual bool listen(int port, bool useSsl = false);

	/** Why listen() refused to begin with TLS: noCertificate, badKey, keyPassword, keyMismatch, …; Error::none otherwise. */
	Ssl::Error getSslError() const
	{
		return sslError;
	}

	/** Accept no more connections. Those that exist go on. */
	void close() override;

	/** Seconds without traffic after which a connection is closed. Applies to new connections. */
	void setKeepAlive(uint16_t seconds)
	{
		keepAlive = seconds;
	}

	/** Seconds for a TLS handshake, as far as it waits for the peer; setKeepAlive() limits it, too. */
	void setHandshakeTimeOut(uint16_t seconds)
	{
		handshakeTimeOut = seconds;
	}

	/**
	 * Refuse connections beyond this number, with TLS by an alert (internal_error), and say so in the log;
	 * 0: no limit but memory. The default is TCP_SERVER_MAX_CONNECTIONS.
	 */
	void setMaxConnections(uint16_t count)
	{
		maxConnections = count;
	}

	uint16_t getMaxConnections() const
	{
		return maxConnections;
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

	/** @return false when there is no room for one more connection */
	virtual bool makeRoom();
	/** Send a connection away that there is no room for. */
	virtual void refuse(Network::TcpSocket* accepted);

	virtual void onClient(TcpClient* client);
	virtual bool onClientReceive(TcpClient& client, char* data, int size);
	virtual void onClientComplete(TcpClient& client, bool successful);

	void onSocketAccepted(Network::TcpSocket* accepted) override;

	bool isSecure() const
	{
		return useSsl;
	}

	uint16_t maxConnections = TCP_SERVER_MAX_CONNECTIONS;

private:
	void onClientDestroyed(TcpConnection& client);
	bool checkCertificate();

	Ssl::ServerShare share;
	Ssl::Error sslError = Ssl::Error::none;
	Vector<TcpConnection*> connections;
	TcpClientConnectDelegate clientConnectDelegate;
	TcpClientDataDelegate clientReceiveDelegate;
	TcpClientCompleteDelegate clientCompleteDelegate;
	uint16_t keepAlive = TCP_SERVER_TIMEOUT;
};
