/**
 * Network::TcpSocket: the seam below TcpConnection. One backend is linked: sockets/ (host) or lwip/ (chips).
 *
 * Flow control is the heart of it:
 *   sending    write() takes what fits, perhaps nothing; onSocketSent() says when to try again.
 *   receiving  onSocketReceived() says how much was taken; the rest stays in the backend, where it narrows the
 *              peer's window, until resume().
 * The lwIP raw API has the same shape: tcp_write/tcp_sndbuf/sent callback, and pbufs kept until tcp_recved().
 *
 * An object is not deleted: its life ends with close() or abort(), and the pointer is invalid from then on. Both
 * may be called from any event.
 */
#pragma once

#include <IpAddress.h>
#include <Memory.h>
#include <Network/TcpSocketEvents.h>

namespace Network
{
class TcpSocket : public Memory::Tagged<Memory::Tag::network>
{
public:
	/** @return nullptr when there is no memory. */
	static TcpSocket* create();

	/** Who is told. Must be set before connect(), listen() and, for an accepted socket, at once. */
	virtual void setEvents(TcpSocketEvents* events) = 0;

	/** Begin to connect; onSocketConnected() or onSocketError() follows. @return none if under way */
	virtual SocketError connect(const IpAddress& address, uint16_t port) = 0;

	/** Accept connections on `port`, on every address. On host the port may be mapped, see Network/Host.h. */
	virtual SocketError listen(uint16_t port) = 0;

	/**
	 * Queue bytes for sending; they are copied.
	 * @param more  further bytes or close() follow at once: the segment need not be sent yet
	 * @return bytes taken, 0 when there is no room, -1 when the connection is gone
	 */
	virtual int write(const uint8_t* data, size_t length, bool more) = 0;

	/** Bytes that write() would surely take now. */
	virtual size_t getWriteSpace() const = 0;

	/** Send what was held back because of `more`. */
	virtual void flush() = 0;

	/**
	 * Offer received data again after onSocketReceived() took only a part; may be called from within it, too. The
	 * event comes from the main loop.
	 */
	virtual void resume() = 0;

	/** Send everything that was taken, then FIN; incoming data is dropped. Frees the object when that is done. */
	virtual void close() = 0;

	/**
	 * close() when the peer has said that it is done (close_notify): a backend need not wait for its FIN then, since
	 * nothing comes that would have to be dropped.
	 */
	virtual void closeAtOnce()
	{
		close();
	}

	/** Break off (RST where the stack allows) and free the object. */
	virtual void abort() = 0;

	virtual IpAddress getRemoteAddress() const = 0;
	virtual uint16_t getRemotePort() const = 0;
	virtual IpAddress getLocalAddress() const = 0;
	virtual uint16_t getLocalPort() const = 0;

protected:
	virtual ~TcpSocket() = default;
};

} // namespace Network
