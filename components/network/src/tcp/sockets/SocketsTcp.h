/** TCP backend over the host's non-blocking sockets and the epoll loop of hal/host. */
#pragma once

#include "../TcpSocket.h"
#include <SimpleTimer.h>

namespace Network
{
class SocketsTcp final : public TcpSocket
{
public:
	SocketsTcp();

	void setEvents(TcpSocketEvents* events) override;
	SocketError connect(const IpAddress& address, uint16_t port) override;
	SocketError listen(uint16_t port) override;
	int write(const uint8_t* data, size_t length, bool more) override;
	size_t getWriteSpace() const override;
	void flush() override;
	void resume() override;
	void close() override;
	void closeAtOnce() override;
	void abort() override;
	IpAddress getRemoteAddress() const override;
	uint16_t getRemotePort() const override;
	IpAddress getLocalAddress() const override;
	uint16_t getLocalPort() const override;

private:
	enum class State : uint8_t {
		idle,
		connecting,
		listening,
		open,
		lingering, ///< close() was called: FIN sent, input dropped until the peer's FIN
		dead,	   ///< no descriptor; freed as soon as no handler is on the stack
	};

	~SocketsTcp() override;

	static void onEvents(void* arg, uint32_t events);
	static void onTimer(void* arg);
	void handleConnecting();
	void handleOpen(uint32_t events);
	void handleListening();
	void handleLingering();
	bool receive();
	void adopt(int descriptor);
	void updateWatch();
	void endRest();
	void acknowledgeSoon();
	void handleOpenTimer();
	void fail(SocketError error);
	void release();
	void leave();
	SocketError openDescriptor();

	TcpSocketEvents* events = nullptr;
	SimpleTimer timer; ///< open: sent event, acknowledgement, rest; lingering: its end; listening: pause, out of descriptors
	int fd = -1;
	unsigned acceptedAt = 0; ///< listening: hal_host_idle_count() at the last connection
	uint32_t watched = 0;	///< epoll events asked for, 0: not in the epoll set
	uint8_t busy = 0;		///< handlers of this socket on the stack
	State state = State::idle;
	bool paused = false;	///< the owner left data unread
	bool resumed = false;	///< resume() was called in onSocketReceived()
	bool resting = false;	///< open: the timer runs until it is worth looking for input again
	bool sentDue = false;	///< open: the timer runs for onSocketSent()
	bool ackDue = false;	///< open: nothing was written since something arrived
	bool accepted = false;	///< it came from a socket that listens
	bool heldBack = false;	///< the last write() promised more
	bool inputEnded = false;
	bool wantSent = false;	///< report when there is room to send
	bool full = false;		///< the last write() found no room
};

} // namespace Network
