/**
 * Network::TcpSocketEvents: what a TCP backend reports to the owner of a connection.
 *
 * All calls come from the main loop, never from within a call of the owner's own. The owner may close the
 * socket, start another one or delete itself in any of them.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Network
{
class TcpSocket;

/** Why a TCP connection could not be made or was lost. */
enum class SocketError : uint8_t {
	none,
	refused,	 ///< nobody listens on the port
	reset,		 ///< the peer broke the connection off (RST)
	timeout,	 ///< the peer does not answer
	unreachable, ///< no route
	noMemory,	 ///< buffers or descriptors are used up
	nameUnknown, ///< DNS has no address for the name
	other,
};

/** Lower-case words for logs: "connection refused". Never nullptr. */
const char* getErrorText(SocketError error);

class TcpSocketEvents
{
public:
	/** The three-way handshake is done. */
	virtual void onSocketConnected() = 0;

	/**
	 * Bytes arrived.
	 * @return bytes taken. With fewer than `length` the backend holds the rest, closes the receive window as it
	 *         fills, and offers nothing more until TcpSocket::resume().
	 */
	virtual size_t onSocketReceived(uint8_t* data, size_t length) = 0;

	/** The peer sent FIN: no more data will arrive. Sending is still possible. */
	virtual void onSocketEnd() = 0;

	/** There is room to send again, after a write() that took anything or nothing. */
	virtual void onSocketSent() = 0;

	/** The connection is gone. The owner still has to call TcpSocket::abort() or close(). */
	virtual void onSocketError(SocketError error) = 0;

	/** A listening socket has a new connection. The receiver owns it and calls setEvents() on it, or abort(). */
	virtual void onSocketAccepted(TcpSocket* socket) = 0;

protected:
	~TcpSocketEvents() = default;
};

} // namespace Network
