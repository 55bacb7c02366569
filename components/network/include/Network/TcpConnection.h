/**
 * TcpConnection: a TCP connection, with or without TLS. Base of TcpClient, TcpServer and the HTTP connections.
 *
 * **Who owns what.** The application owns the object, unless auto-destruct is on: then it deletes itself after
 * the connection ended and every callback about it has returned. The object owns its TLS session; getSsl() is
 * valid from the SSL init handler until the callbacks about the end have returned.
 *
 * **Resumption.** With options.sessionResume the object keeps what the next connection() to the same host and port
 * can be resumed by; see Ssl::Resumption for when it is used.
 *
 * **Callbacks** (delegates and the virtual functions on...()) come from the main loop, or from within close().
 * In any of them the application may close the connection, connect it anew, or delete it.
 */
#pragma once

#include <Delegate.h>
#include <IpAddress.h>
#include <Memory.h>
#include <Network/NameLookup.h>
#include <Network/Ssl/HandshakeQueue.h>
#include <Network/Ssl/Session.h>
#include <Network/TcpSocketEvents.h>
#include <SimpleTimer.h>
#include <WString.h>
#include <climits>

/** write() copies the data (it always does; the flag exists for source compatibility). */
#ifndef TCP_WRITE_FLAG_COPY
#define TCP_WRITE_FLAG_COPY 0x01
#endif
/** More data follows at once: a segment or TLS record need not be sent yet. */
#ifndef TCP_WRITE_FLAG_MORE
#define TCP_WRITE_FLAG_MORE 0x02
#endif

/** Bytes for sending that are handled at a time; also the default limit of HttpClient::downloadString(). */
#ifndef NETWORK_SEND_BUFFER_SIZE
#define NETWORK_SEND_BUFFER_SIZE 1024
#endif

/** Bytes that are read from a stream at a time, on the stack: on host a whole TLS record. At most 65535. */
#ifndef TCP_STREAM_BLOCK_SIZE
#ifdef ARCH_HOST
#define TCP_STREAM_BLOCK_SIZE 16384
#else
#define TCP_STREAM_BLOCK_SIZE NETWORK_SEND_BUFFER_SIZE
#endif
#endif

/** What onReadyToSendData() was called for. */
enum TcpConnectionEvent {
	eTCE_Connected = 0, ///< the connection is ready for data
	eTCE_Received,		///< data was received
	eTCE_Sent,			///< there is room to send again
	eTCE_Poll,			///< half a second passed
};

class IDataSourceStream;
class TcpConnection;

using TcpConnectionDestroyedDelegate = Delegate<void(TcpConnection&)>;

class TcpConnection : public Memory::Tagged<Memory::Tag::network>, protected Network::TcpSocketEvents
{
public:
	/** @param autoDestruct see above */
	explicit TcpConnection(bool autoDestruct);

	/** A connection that a listening socket accepted; see begin(). */
	TcpConnection(Network::TcpSocket* accepted, bool autoDestruct);

	TcpConnection(const TcpConnection&) = delete;
	TcpConnection& operator=(const TcpConnection&) = delete;

	/** Breaks the connection off without any callback but the destroyed delegate. */
	virtual ~TcpConnection();

	/**
	 * Connect to a host by name or address in dotted decimal.
	 * @param server  name; with TLS also what is sent as SNI and what the certificate is checked for
	 * @param port    1-65535
	 * @param useSsl  do a TLS handshake before any data
	 * @return false when it was refused at once (bad name or port, no memory, busy): no callback follows then
	 */
	virtual bool connect(const String& server, int port, bool useSsl = false);

	/** Connect to an address. With TLS the certificate is checked for the address (an IP SAN). */
	virtual bool connect(IpAddress address, uint16_t port, bool useSsl = false);

	/** End the connection in order: TLS close_notify, FIN. What was written is still sent; what was not, is not. */
	virtual void close();

	void setAutoSelfDestruct(bool state)
	{
		autoSelfDestruct = state;
	}

	int writeString(const char* data, uint8_t apiflags = TCP_WRITE_FLAG_COPY)
	{
		return (data == nullptr) ? 0 : write(data, int(strlen(data)), apiflags);
	}
	int writeString(const String& data, uint8_t apiflags = TCP_WRITE_FLAG_COPY)
	{
		return write(data.c_str(), int(data.length()), apiflags);
	}

	/**
	 * Send data now, as much as there is room for.
	 * @return bytes taken, 0 when there is no room (try again in onReadyToSendData()), negative when not connected
	 */
	virtual int write(const char* data, int length, uint8_t apiflags = TCP_WRITE_FLAG_COPY);

	/**
	 * Send the next piece of a stream and advance it. A stream that does not advance ends the connection as failed: what
	 * follows would be the same bytes again. So does one that becomes invalid, see IDataSourceStream::isValid().
	 * @return as write(); negative also when a function of the stream ended or deleted this connection
	 */
	int write(IDataSourceStream* stream);

	/** Bytes that write() would take now, roughly; 0 when there is no room. */
	uint16_t getAvailableWriteSize();

	/** Send what was held back by TCP_WRITE_FLAG_MORE. */
	void flush();

	/**
	 * Give up when nothing was sent or received for so long, and when connecting, with the TLS handshake, takes
	 * longer in all. Only waiting for the peer counts: neither our own computing nor the wait for a turn in
	 * Ssl::HandshakeQueue. The connection then ends as failed.
	 * @param seconds USHRT_MAX: never (the default)
	 */
	void setTimeOut(uint16_t seconds)
	{
		timeOut = seconds;
	}

	/** 0.0.0.0 when not connected. */
	IpAddress getRemoteIp() const;
	uint16_t getRemotePort() const;
	IpAddress getLocalIp() const;
	uint16_t getLocalPort() const;

	/** Called from the destructor; the object can only be compared with by then. */
	void setDestroyedDelegate(TcpConnectionDestroyedDelegate delegate)
	{
		destroyedDelegate = delegate;
	}

	/** Called with a new session before each TLS handshake, to set pins, options and so on. */
	void setSslInitHandler(Ssl::Session::InitDelegate handler)
	{
		sslInit = handler;
	}

	/** TLS session; nullptr without TLS. For looking at: settings belong into the SSL init handler. */
	Ssl::Session* getSsl()
	{
		return ssl;
	}

	/**
	 * Begin TLS on a connection that is open without (STARTTLS). onReadyToSendData(eTCE_Connected) comes again
	 * when it is ready.
	 * @param hostName see connect()
	 */
	bool enableSsl(const String& hostName = nullptr);

	/** Why the connection failed, as far as TCP and DNS are concerned; TLS errors are in getSsl(). */
	Network::SocketError getError() const
	{
		return error;
	}

	/** True while there is a connection or one is being made. */
	bool isActive() const
	{
		return stage != Stage::closed;
	}

protected:
	/** Take an accepted connection into use; beginTraffic() has to follow. */
	void begin(bool useSsl);
	/** Give it its first events; with TLS after a handshake in the server's role. */
	void beginTraffic();

	/** Prepare a TLS session before its handshake; calls the SSL init handler. */
	virtual void sslInitSession(Ssl::Session& session)
	{
		auto function = sslInit; // it may delete this object
		function(session);
	}

	/** Ready for data, after the TLS handshake if there is one. */
	virtual void onConnected();

	/** Data came. @return false to end the connection as failed */
	virtual bool onReceive(char* data, size_t length);

	/** The peer will send no more (FIN or close_notify). The default closes. After close_notify nothing can be sent either. */
	virtual void onRemoteClosed();

	/** A chance to send: see TcpConnectionEvent. */
	virtual void onReadyToSendData(TcpConnectionEvent sourceEvent);

	/** Half a second passed, also when there is no room to send. For time-outs of one's own. */
	virtual void onPoll()
	{
	}

	/** The connection ended, for whatever reason; isFailed() tells. A new connect() is allowed from here on. */
	virtual void onClosed()
	{
	}

	/** True in onClosed() when the connection did not end in order. */
	bool isFailed() const
	{
		return failed;
	}

	/** End the connection as failed. */
	void fail(Network::SocketError reason = Network::SocketError::other);

	/**
	 * Send no more, and end the connection as failed from the main loop: for functions that the application calls, which
	 * must find its object afterwards.
	 */
	void breakOff(Network::SocketError reason);

	/** Call onReadyToSendData() if there is room. */
	void trySend(TcpConnectionEvent event);

	/** ms since start, wraps. */
	static uint32_t nowMs();

	/** Let onReadyToSendData(eTCE_Poll) come from the main loop at once. */
	void pollSoon()
	{
		schedulePoll(1);
	}

	/** Deliver no more data until resumeReceive(); the peer's window closes. */
	void pauseReceive()
	{
		receivePaused = true;
	}
	void resumeReceive();

	bool isOpen() const
	{
		return stage == Stage::open;
	}
	/** True while onReceive() is on the stack: what it was given may be a buffer of the TLS session. */
	bool isDelivering() const
	{
		return delivering;
	}

	/* Events of the socket */
	void onSocketConnected() override;
	size_t onSocketReceived(uint8_t* data, size_t length) override;
	void onSocketEnd() override;
	void onSocketSent() override;
	void onSocketError(Network::SocketError reason) override;
	void onSocketAccepted(Network::TcpSocket* accepted) override;

	/**
	 * Stands on the stack of every function that calls back into the application, and knows afterwards whether
	 * the connection is still there (isAlive) and still the same one (isCurrent).
	 */
	class Scope
	{
	public:
		enum class Kind : uint8_t {
			event, ///< at the end of the outermost one the connection may delete itself
			call,  ///< the application called: it must find the object afterwards
		};
		Scope(TcpConnection& connection, Kind kind);
		~Scope();
		bool isAlive() const
		{
			return connection != nullptr;
		}
		bool isCurrent() const
		{
			return connection != nullptr && connection->epoch == epoch;
		}

	private:
		friend class TcpConnection;
		TcpConnection* connection; ///< nullptr once it was deleted
		Scope* outer;
		Ssl::Session* orphan = nullptr; ///< a session that was let go while a function of its may be on the stack
		uint32_t epoch;
		Kind kind;
	};

	/** What can be resumed next time, in either direction: HttpClient keeps it when it lets a connection go. */
	Ssl::Resumption* takeResumption();
	/** @param newResumption now owned by this object; nullptr: none */
	void setResumption(Ssl::Resumption* newResumption);

	Ssl::Session* ssl = nullptr;
	Ssl::Session::InitDelegate sslInit;
	Ssl::ServerShare* sslShare = nullptr; ///< of the server that accepted this
	Network::TcpSocket* socket = nullptr;
	uint16_t timeOut = USHRT_MAX;
	uint16_t handshakeTimeOut = USHRT_MAX; ///< seconds for the TLS handshake, if less than timeOut
	bool useSsl = false;
	bool autoSelfDestruct;

private:
	enum class Stage : uint8_t { closed, resolving, connecting, handshake, open };

	bool startConnect(const String& host, uint16_t newPort, bool withSsl);
	bool openSocket(IpAddress address, uint16_t targetPort);
	void onResolved(IpAddress address, uint16_t targetPort);
	bool startSsl(Scope& scope, Ssl::Role role);
	bool awaitTurn(Scope& scope);
	void onTurn();
	bool isHandshakeDone() const;
	bool sendSslOutput();
	bool pumpSsl(Scope& scope);
	size_t feedSsl(Scope& scope, uint8_t* data, size_t length);
	bool deliver(Scope& scope, uint8_t* data, size_t length);
	int writeSsl(const uint8_t* data, size_t length, bool more);
	void releaseSsl();
	void keepResumption();
	void reportSslFailure();
	void end(bool success, bool abortive);
	void dropSocket(bool abortive);
	void checkTimeOut();
	void startClock();
	void countWait();
	void schedulePoll(unsigned ms);
	static void onTimer(void* arg);
	void poll();
	void touch();

	Network::NameLookup lookup;
	Ssl::HandshakeQueue::Place place;
	Ssl::Resumption* resumption = nullptr;
	SimpleTimer pollTimer;
	String hostName;
	TcpConnectionDestroyedDelegate destroyedDelegate;
	Scope* scopes = nullptr;	///< innermost
	uint32_t epoch = 0;			///< changes with every end and beginning of a connection
	uint32_t countedAt = 0;		///< ms: until when `waited` is counted
	uint32_t waited = 0;		///< ms spent waiting for the peer
	uint16_t port = 0;			///< that connect() was given
	Network::SocketError error = Network::SocketError::none;
	Stage stage = Stage::closed;
	bool receivePaused = false;
	bool inputHeld = false;		///< the socket keeps data that onSocketReceived() did not take
	bool remoteClosed = false;	///< onRemoteClosed() was called
	bool transportEnded = false; ///< the socket has come to its end; plaintext may still wait in the session
	bool delivering = false;
	bool sslBusy = false;		///< a function of the session that calls back is on the stack
	bool failed = false;
	bool broken = false;		///< nothing can be sent any more: to be ended by the loop as `brokenBy` says
	Network::SocketError brokenBy = Network::SocketError::none;
};
