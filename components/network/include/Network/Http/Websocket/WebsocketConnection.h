/**
 * WebsocketConnection: messages both ways over a connection that HTTP opened (WebSocket, RFC 6455). The server's are
 * made by WebsocketResource; a client uses WebsocketClient.
 *
 * Messages arrive whole: fragments are put together, up to setMaxMessageSize(). Text is checked to be UTF-8. Pings are
 * answered. What breaks the rules is answered by a close frame with the code that RFC 6455 has for it, and ends the
 * connection.
 *
 * **Life.** The connection handler is called when the connection is open, the disconnection handler exactly once when
 * it is not any more: from within close(), or because the peer closed, broke the rules, or was lost. A server's object
 * lives until its TCP connection has ended, after the disconnection handler. In any handler the application may send,
 * close, and delete the client or shut down the server.
 */
#pragma once

#include "../HttpConnection.h"
#include "WebsocketFrame.h"
#include <Memory.h>
#include <SimpleTimer.h>
#include <WVector.h>

#define WEBSOCKET_VERSION 13 ///< Sec-WebSocket-Version of RFC 6455

/** Bytes of a message that is received, over all its fragments; larger ones are refused with 1009. */
#ifndef WEBSOCKET_MAX_MESSAGE_SIZE
#ifdef ARCH_HOST
#define WEBSOCKET_MAX_MESSAGE_SIZE (1024 * 1024)
#else
#define WEBSOCKET_MAX_MESSAGE_SIZE 4096
#endif
#endif

/** Bytes that may wait to be sent; messages beyond are refused, so that a peer that does not read fills no memory. */
#ifndef WEBSOCKET_MAX_QUEUE_SIZE
#ifdef ARCH_HOST
#define WEBSOCKET_MAX_QUEUE_SIZE (4 * 1024 * 1024)
#else
#define WEBSOCKET_MAX_QUEUE_SIZE 8192
#endif
#endif

/** Seconds to wait for the peer's close frame and for the end of TCP. */
#ifndef WEBSOCKET_CLOSE_TIMEOUT
#define WEBSOCKET_CLOSE_TIMEOUT 5
#endif

class WebsocketConnection;

using WebsocketList = Vector<WebsocketConnection*>;

using WebsocketDelegate = Delegate<void(WebsocketConnection& connection)>;
using WebsocketMessageDelegate = Delegate<void(WebsocketConnection& connection, const String& message)>;
using WebsocketBinaryDelegate = Delegate<void(WebsocketConnection& connection, uint8_t* data, size_t size)>;

/** Where a connection is in its life. */
enum WsConnectionState {
	eWSCS_Ready, ///< not open yet
	eWSCS_Open,
	eWSCS_Closed, ///< no more messages either way
};

class WebsocketConnection : public Memory::Tagged<Memory::Tag::network>, protected HttpUpgrade
{
public:
	/**
	 * @param connection that is to be used; not owned
	 * @param isClientConnection which side this is: a client masks what it sends
	 */
	explicit WebsocketConnection(HttpConnection* connection, bool isClientConnection = true);
	WebsocketConnection(const WebsocketConnection&) = delete;
	WebsocketConnection& operator=(const WebsocketConnection&) = delete;

	/** Closes without waiting for the peer and without a call of the disconnection handler. */
	~WebsocketConnection() override;

	/**
	 * Server: judge an opening handshake (RFC 6455 §4.2), and take the connection over once the response is sent.
	 * @param response gets its status: 101, or 400, or 426 for another version
	 * @return false when it was refused
	 */
	bool bind(HttpRequest& request, HttpResponse& response);

	/**
	 * Send a message, or a control frame (up to 125 bytes).
	 * @return false when it is not open, there is no memory, too much waits already, or a stream is being sent in parts
	 */
	bool send(const char* message, size_t length, ws_frame_type_t type = WS_FRAME_TEXT);
	bool send(const String& message, ws_frame_type_t type = WS_FRAME_TEXT)
	{
		return send(message.c_str(), message.length(), type);
	}

	/**
	 * Send a stream as one message, in fragments as it is read. Text must be UTF-8.
	 * @param stream owned by the connection in any case
	 * @param useMask is as the side of the connection needs it, whatever is said here
	 * @param isFin false: the message goes on with the next call
	 */
	bool send(IDataSourceStream* stream, ws_frame_type_t type = WS_FRAME_TEXT, bool useMask = false, bool isFin = true);

	/** send() to all that are open, servers' and clients'. Who has too much waiting already is left out. */
	static void broadcast(const char* message, size_t length, ws_frame_type_t type = WS_FRAME_TEXT);
	static void broadcast(const String& message, ws_frame_type_t type = WS_FRAME_TEXT)
	{
		broadcast(message.c_str(), message.length(), type);
	}

	bool sendString(const String& message)
	{
		return send(message, WS_FRAME_TEXT);
	}
	bool sendBinary(const uint8_t* data, size_t length)
	{
		return send(reinterpret_cast<const char*>(data), length, WS_FRAME_BINARY);
	}

	/**
	 * Close in order: what was sent before arrives, nothing more is delivered.
	 * @param code see Websocket::Close; one that must not be sent stands for none
	 * @param reason UTF-8 for people, up to 123 bytes
	 */
	void close(uint16_t code = Websocket::Close::normal, const String& reason = nullptr);

	/** Forget the connection, without a word to anybody, and be ready for another. */
	void reset();

	/** For the application. */
	void setUserData(void* userData)
	{
		this->userData = userData;
	}
	void* getUserData()
	{
		return userData;
	}

	/** True if it is the same object. */
	bool operator==(const WebsocketConnection& rhs) const
	{
		return this == &rhs;
	}

	/** All that are open. */
	static const WebsocketList& getActiveWebsockets()
	{
		return websocketList;
	}

	/** @name Handlers, see above */
	void setConnectionHandler(WebsocketDelegate handler)
	{
		wsConnect = handler;
	}
	void setMessageHandler(WebsocketMessageDelegate handler) ///< text
	{
		wsMessage = handler;
	}
	void setBinaryHandler(WebsocketBinaryDelegate handler)
	{
		wsBinary = handler;
	}
	void setPongHandler(WebsocketDelegate handler)
	{
		wsPong = handler;
	}
	void setDisconnectionHandler(WebsocketDelegate handler)
	{
		wsDisconnect = handler;
	}

	/** Bytes of a message that is received; counts from the next connection on. */
	void setMaxMessageSize(size_t bytes)
	{
		maxMessageSize = bytes;
	}

	/**
	 * Send a ping when nothing was received for so long, and end the connection when nothing comes for as long again.
	 * Counts from the next connection on.
	 * @param seconds 0: never
	 */
	void setPingInterval(uint16_t seconds)
	{
		pingInterval = seconds;
	}

	/** Take the connection into use: the handshake is over. @return false when there is no memory */
	bool onConnected();
	/** The same, for those who do not ask. */
	void activate()
	{
		onConnected();
	}

	HttpConnection* getConnection()
	{
		return connection;
	}
	/** See the constructor. */
	void setConnection(HttpConnection* connection, bool isClientConnection = true);

	WsConnectionState getState() const
	{
		return state;
	}

	/** Why it was closed: the code that the peer sent or caused; noStatus or abnormal where there was none. */
	uint16_t getCloseCode() const
	{
		return closeCode;
	}
	/** What the peer said of it. */
	const String& getCloseReason() const
	{
		return closeReason;
	}

	/** Protocol that both sides agreed on (Sec-WebSocket-Protocol); null if none. */
	const String& getProtocol() const
	{
		return protocol;
	}

protected:
	friend class WebsocketResource;

	/** Knows whether the object was deleted while it stands on the stack. */
	class Watch
	{
	public:
		explicit Watch(WebsocketConnection& connection);
		~Watch();
		bool isAlive() const
		{
			return object != nullptr;
		}

	private:
		friend class WebsocketConnection;
		WebsocketConnection* object;
		Watch* outer;
	};

	bool onUpgradeBegin() override;
	bool onUpgradeData(uint8_t* data, size_t length) override;
	void onUpgradeEnd() override;

	/** The connection is no more: tell, if that was not done yet. May delete this object. */
	void disconnected(uint16_t code);

	WebsocketDelegate wsConnect;
	WebsocketMessageDelegate wsMessage;
	WebsocketBinaryDelegate wsBinary;
	WebsocketDelegate wsPong;
	WebsocketDelegate wsDisconnect;

	void* userData = nullptr;
	String protocol;
	HttpConnection* connection = nullptr;
	WsConnectionState state = eWSCS_Ready;

private:
	bool sendFrame(const void* data, size_t length, ws_frame_type_t type, bool closeAfterSent);
	bool handle(Websocket::FrameParser::Item& item);
	bool takeData(const Websocket::FrameParser::Item& item);
	bool deliver(ws_frame_type_t type);
	void answerClose(uint16_t code);
	void leaveList();
	void startTimer(uint32_t milliseconds);
	void onTimer();

	static WebsocketList websocketList;

	Websocket::FrameParser parser;
	SimpleTimer timer; ///< pings while open, afterwards the limit for closing
	Watch* watch = nullptr;
	String message; ///< as far as it arrived
	String closeReason;
	size_t maxMessageSize = WEBSOCKET_MAX_MESSAGE_SIZE;
	uint16_t pingInterval = 0; ///< seconds
	uint16_t closeCode = Websocket::Close::abnormal;
	bool isClientConnection;
	bool ownedByConnection = false; ///< deletes itself at its end
	bool closeSent = false;
	bool closeReceived = false; ///< or the peer broke the rules
	bool received = false;		///< anything since the timer ran last
	bool pinged = false;
	bool inParts = false; ///< a message from streams has not ended
};
