/**
 * HttpConnection: a connection that speaks HTTP/1.1; base of the client's and the server's.
 *
 * The virtual functions that the parser calls return 0 to go on; anything else breaks the connection off. They
 * may close or delete the connection.
 */
#pragma once

#include "../TcpClient.h"
#include "HttpCommon.h"
#include "HttpRequest.h"
#include "HttpResponse.h"

class HttpParser;
struct HttpParserEngine;

/**
 * Another protocol that takes a connection over once HTTP agreed to it (101 Switching Protocols, RFC 9110 §7.8);
 * given to HttpConnection::setUpgrade(), which does not own it.
 */
class HttpUpgrade
{
public:
	virtual ~HttpUpgrade() = default;

	/** HTTP is through with the connection; a server's response is in the send queue. @return false to break it off */
	virtual bool onUpgradeBegin() = 0;

	/**
	 * Data of the new protocol.
	 * @param data may be overwritten
	 * @return false to break the connection off
	 */
	virtual bool onUpgradeData(uint8_t* data, size_t length) = 0;

	/**
	 * The last call: the connection ended, is being destroyed, or its application took the handler back. Never
	 * comes before onUpgradeBegin() unless the connection ended first.
	 */
	virtual void onUpgradeEnd() = 0;
};

class HttpConnection : public TcpClient
{
public:
	explicit HttpConnection(bool forRequests, bool autoDestruct = false)
		: TcpClient(autoDestruct), forRequests(forRequests)
	{
	}
	/** A connection that was accepted. */
	explicit HttpConnection(Network::TcpSocket* accepted) : TcpClient(accepted, nullptr, nullptr), forRequests(true)
	{
	}
	~HttpConnection() override;

	using TcpClient::send;
	/** Queue a request. The connection owns it in any case. @return false when it was refused: no callback follows */
	virtual bool send(HttpRequest* request);

	/**
	 * Who takes the connection over at the end of the HTTP message under way; called while its headers are judged.
	 * @param handler must live until its onUpgradeEnd(); nullptr: let go of the one that is set, without a call
	 */
	void setUpgrade(HttpUpgrade* handler)
	{
		upgrade = handler;
	}
	HttpUpgrade* getUpgrade()
	{
		return upgrade;
	}

	/** The request being answered; nullptr when there is none. */
	virtual HttpRequest* getRequest() = 0;

	HttpResponse* getResponse()
	{
		return &response;
	}

	/** True while TCP is connected. */
	bool isActive()
	{
		return getConnectionState() == eTCS_Connected;
	}

protected:
	friend struct HttpParserEngine;

	/* What the parser reports */
	virtual int onMessageBegin() = 0;
	virtual int onPath(const Url&)
	{
		return 0;
	}
	virtual int onStatus()
	{
		return 0;
	}
	/**
	 * @param headers may be moved from
	 * @return 1 when the message has no body although its headers announce one (answer to HEAD)
	 */
	virtual int onHeadersComplete(HttpHeaders& headers) = 0;
	virtual int onBody(const char* at, size_t length) = 0;
	virtual int onChunkHeader()
	{
		return 0;
	}
	virtual int onChunkComplete()
	{
		return 0;
	}
	virtual int onMessageComplete() = 0;

	/** HTTP ended and another protocol begins. @return false: not wanted, the connection fails */
	virtual bool onProtocolUpgrade();
	/** Data of the other protocol. @return false to break the connection off */
	virtual bool onUpgradedData(char* data, size_t length);

	/** The message is malformed, or one of the functions above refused. The connection is broken off afterwards. */
	virtual void onHttpError(HttpError error);

	/* TCP */
	void onConnected() override;
	bool onReceive(char* data, size_t length) override;
	void onFinished(TcpClientState finishState) override;

	/** Begin with a fresh parser. @return false when there is no memory */
	bool resetParser();
	void releaseParser();

	HttpParser* parser = nullptr;
	HttpResponse response;
	HttpConnectionState state = eHCS_Ready;
	bool upgraded = false; ///< what comes is no HTTP

private:
	void endUpgrade();

	HttpUpgrade* upgrade = nullptr; ///< not owned
	bool forRequests;
};
