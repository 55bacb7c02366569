/**
 * Network::TcpTail: the last bytes of a TLS session (the rest of a record, an alert, close_notify) on their way
 * out after the connection itself is gone.
 */
#pragma once

#include <Memory.h>
#include <Network/TcpSocketEvents.h>
#include <SimpleTimer.h>

namespace Ssl
{
class Session;
}

namespace Network
{
class TcpTail final : public Memory::Tagged<Memory::Tag::network>, private TcpSocketEvents
{
public:
	/** Most of them at once. */
	static constexpr unsigned maxCount = 8;

	/**
	 * Send what the session still offers, then close the socket. Takes the socket over; needs memory only when it is
	 * full. Peers that do not read could make such rests pile up: beyond maxCount they are dropped.
	 */
	static void sendAndClose(TcpSocket* socket, Ssl::Session& session);

private:
	TcpTail(TcpSocket* socket, uint8_t* data, size_t length);
	~TcpTail();

	static void onTimeOut(void* arg);
	void finish(bool abortive);

	void onSocketConnected() override;
	size_t onSocketReceived(uint8_t* data, size_t length) override;
	void onSocketEnd() override;
	void onSocketSent() override;
	void onSocketError(SocketError error) override;
	void onSocketAccepted(TcpSocket* accepted) override;

	static unsigned count;

	SimpleTimer timer;
	TcpSocket* socket;
	uint8_t* data;
	size_t length;
	size_t sent = 0;
};

} // namespace Network
