#include "TcpTail.h"
#include "TcpSocket.h"
#include <Network/Ssl/Session.h>
#include <cstring>

namespace Network
{
namespace
{
/* A peer that does not read for so long does not get the rest. */
constexpr unsigned tailTimeOutMs = 5000;

/* Copy what the session offers into one block. @return length, 0 when there is nothing or no memory */
size_t collect(Ssl::Session& session, uint8_t*& block)
{
	block = nullptr;
	size_t total = 0;
	const uint8_t* data;
	size_t length;
	while((length = session.peekOutput(data)) > 0) {
		auto larger = static_cast<uint8_t*>(Memory::reallocate(block, total + length, Memory::Tag::network));
		if(larger == nullptr) {
			break; // a record cut short is as good as none
		}
		block = larger;
		memcpy(block + total, data, length);
		total += length;
		session.consumeOutput(length);
	}
	return total;
}

} // namespace

unsigned TcpTail::count;

void TcpTail::sendAndClose(TcpSocket* socket, Ssl::Session& session)
{
	const uint8_t* data;
	size_t length;
	while((length = session.peekOutput(data)) > 0) {
		// Closing follows, and sends the last bytes in one segment with the FIN
		int taken = socket->write(data, length, true);
		if(taken < 0) {
			socket->abort();
			return;
		}
		if(taken == 0) {
			break;
		}
		session.consumeOutput(size_t(taken));
	}
	uint8_t* block = nullptr;
	length = (count < maxCount) ? collect(session, block) : 0;
	auto tail = (length > 0) ? new TcpTail(socket, block, length) : nullptr;
	if(tail == nullptr) {
		Memory::release(block);
		auto connection = session.getConnection();
		if(connection != nullptr && connection->isPeerClosed()) {
			socket->closeAtOnce();
		} else {
			socket->close();
		}
	}
}

TcpTail::TcpTail(TcpSocket* socket, uint8_t* data, size_t length) : socket(socket), data(data), length(length)
{
	++count;
	timer.setCallback(onTimeOut, this);
	timer.setIntervalMs<tailTimeOutMs>();
	timer.startOnce();
	socket->setEvents(this);
}

TcpTail::~TcpTail()
{
	--count;
	Memory::release(data);
}

void TcpTail::finish(bool abortive)
{
	timer.stop();
	if(abortive) {
		socket->abort();
	} else {
		socket->close();
	}
	delete this;
}

void TcpTail::onTimeOut(void* arg)
{
	static_cast<TcpTail*>(arg)->finish(true);
}

void TcpTail::onSocketSent()
{
	int taken = socket->write(data + sent, length - sent, false);
	if(taken < 0) {
		finish(true);
		return;
	}
	sent += size_t(taken);
	if(sent == length) {
		finish(false);
	}
}

size_t TcpTail::onSocketReceived(uint8_t*, size_t received)
{
	return received;
}

void TcpTail::onSocketError(SocketError)
{
	finish(true);
}

void TcpTail::onSocketConnected()
{
}

void TcpTail::onSocketEnd()
{
}

void TcpTail::onSocketAccepted(TcpSocket* accepted)
{
	accepted->abort();
}

} // namespace Network
