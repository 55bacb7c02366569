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
	/** Send what the session still offers, then close the socket. Takes the socket over; needs memory only when it is full. */
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

	SimpleTimer timer;
	TcpSocket* socket;
	uint8_t* data;
	size_t length;
	size_t sent = 0;
};

} // namespace Network
