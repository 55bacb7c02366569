/**
 * TcpClient: a TcpConnection with delegates and a queue of data to be sent.
 *
 * The complete delegate is called exactly once for every connect() that returned true: with `successful` false
 * when connecting failed, the peer broke off, TLS failed or was cut short, a time-out struck, or data in the
 * queue could not be sent.
 *
 * While more than TCP_CLIENT_QUEUE_LIMIT bytes wait to be sent, no data is received: a peer that sends faster
 * than it reads is slowed down by TCP and does not fill the heap.
 */
#pragma once

#include "TcpConnection.h"

class TcpClient;

using TcpClientEventDelegate = Delegate<void(TcpClient& client, TcpConnectionEvent sourceEvent)>;
using TcpClientCompleteDelegate = Delegate<void(TcpClient& client, bool successful)>;
/** @return false to end the connection as failed */
using TcpClientDataDelegate = Delegate<bool(TcpClient& client, char* data, int size)>;

/** Where a connection is in its life. */
enum TcpClientState {
	eTCS_Ready,		 ///< never connected
	eTCS_Connecting, ///< DNS, TCP or TLS handshake under way
	eTCS_Connected,
	eTCS_Successful, ///< ended in order
	eTCS_Failed,
};

/** What follows when the queue is empty. */
enum TcpClientCloseAfterSentState {
	eTCCASS_None,
	eTCCASS_AfterSent,				  ///< close when the queue is empty
	eTCCASS_AfterSent_Ignore_Received, ///< and drop what is received until then
};

/** Seconds, see setTimeOut(). */
#ifndef TCP_CLIENT_TIMEOUT
#define TCP_CLIENT_TIMEOUT 70
#endif

/** Bytes given to send(data, …) that may wait before receiving is paused. */
#ifndef TCP_CLIENT_QUEUE_LIMIT
#define TCP_CLIENT_QUEUE_LIMIT (4 * NETWORK_SEND_BUFFER_SIZE)
#endif

class TcpClient : public TcpConnection
{
public:
	explicit TcpClient(bool autoDestruct) : TcpConnection(autoDestruct)
	{
		timeOut = TCP_CLIENT_TIMEOUT;
	}

	/** An accepted connection. */
	TcpClient(Network::TcpSocket* accepted, TcpClientDataDelegate onReceive, TcpClientCompleteDelegate onCompleted)
		: TcpConnection(accepted, true), completed(onCompleted), receive(onReceive)
	{
		timeOut = TCP_CLIENT_TIMEOUT;
	}

	TcpClient(TcpClientCompleteDelegate onCompleted, TcpClientEventDelegate onReadyToSend,
			  TcpClientDataDelegate onReceive = nullptr)
		: TcpConnection(false), completed(onCompleted), ready(onReadyToSend), receive(onReceive)
	{
		timeOut = TCP_CLIENT_TIMEOUT;
	}

	TcpClient(TcpClientCompleteDelegate onCompleted, TcpClientDataDelegate onReceive = nullptr)
		: TcpConnection(false), completed(onCompleted), receive(onReceive)
	{
		timeOut = TCP_CLIENT_TIMEOUT;
	}

	explicit TcpClient(TcpClientDataDelegate onReceive) : TcpConnection(false), receive(onReceive)
	{
		timeOut = TCP_CLIENT_TIMEOUT;
	}

	~TcpClient() override;

	bool connect(const String& server, int port, bool useSsl = false) override;
	bool connect(IpAddress address, uint16_t port, bool useSsl = false) override;

	/** End the connection now. Data that still waits in the queue is dropped; see setCloseAfterSent(). */
	void close() override;

	void setReceiveDelegate(TcpClientDataDelegate delegate = nullptr)
	{
		receive = delegate;
	}
	void setCompleteDelegate(TcpClientCompleteDelegate delegate = nullptr)
	{
		completed = delegate;
	}
	/** Called when data can be sent: once connected, after receiving, after sending, and twice a second. */
	void setReadyToSendDelegate(TcpClientEventDelegate delegate = nullptr)
	{
		ready = delegate;
	}

	/**
	 * Queue a copy of `data`. Allowed from connect() on.
	 * @param forceCloseAfterSent as setCloseAfterSent()
	 * @return false when there is no memory (nothing of it is sent) or no connection
	 */
	bool send(const char* data, size_t length, bool forceCloseAfterSent = false);

	/**
	 * Queue `length` bytes that `fill` writes into memory of the queue: for data that is made up as it is sent.
	 * @return false when there is no memory or no connection; `fill` was not called then
	 */
	bool send(size_t length, Delegate<void(char* buffer)> fill, bool forceCloseAfterSent = false);

	/** Bytes given to send(data, …) and not sent yet; streams do not count. */
	size_t getQueuedSize() const
	{
		return queued;
	}

	bool sendString(const String& data, bool forceCloseAfterSent = false)
	{
		return send(data.c_str(), data.length(), forceCloseAfterSent);
	}

	/**
	 * Queue a stream. The client owns it in any case, also when this returns false. It is read from the main loop only, as
	 * there is room to send; its functions may close or delete this client. One that becomes invalid (isValid()) or does
	 * not advance (seek()) ends the connection as failed.
	 */
	bool send(IDataSourceStream* source, bool forceCloseAfterSent = false);

	bool isProcessing() const
	{
		return state == eTCS_Connected || state == eTCS_Connecting;
	}
	TcpClientState getConnectionState() const
	{
		return state;
	}

	/** Close once the queue is empty. */
	void setCloseAfterSent(bool ignoreIncomingData = false)
	{
		closeAfterSent = ignoreIncomingData ? eTCCASS_AfterSent_Ignore_Received : eTCCASS_AfterSent;
	}

	/** Try to send what waits at once instead of at the next event. */
	void commit();

protected:
	void onConnected() override;
	bool onReceive(char* data, size_t length) override;
	void onRemoteClosed() override;
	void onReadyToSendData(TcpConnectionEvent sourceEvent) override;
	void onClosed() override;

	/** The connection ended; calls the complete delegate. */
	virtual void onFinished(TcpClientState finishState);

	bool hasQueued() const
	{
		return head != nullptr;
	}
	void freeStreams();

	/** Receive no more while too much waits to be sent; called after data was handled that may have been answered. */
	void pauseIfFull()
	{
		if(queued > TCP_CLIENT_QUEUE_LIMIT) {
			pauseReceive();
		}
	}

	bool holdReceive = false; ///< pauseReceive() is to last although the queue is empty

private:
	friend class TcpServer;
	struct Item;

	/** Start an accepted connection. `onClient` sees it first, and may close or delete it. */
	void accept(bool useSsl, Delegate<void(TcpClient* client)> onClient);
	bool append(Item* item, bool forceCloseAfterSent);
	bool pushQueue(bool withStreams);
	bool isDone();
	bool isDone(Item& item, int taken);
	int pushItem(Item& item);
	void dropHead();
	static void destroy(Item* item);

	TcpClientCompleteDelegate completed;
	TcpClientEventDelegate ready;
	TcpClientDataDelegate receive;
	Item* head = nullptr;
	Item* tail = nullptr;
	size_t queued = 0; ///< bytes of data items, without streams
	TcpClientState state = eTCS_Ready;
	TcpClientCloseAfterSentState closeAfterSent = eTCCASS_None;
	bool peerEnded = false; ///< FIN came while data waited: close when it is sent
	bool pushing = false;
};
