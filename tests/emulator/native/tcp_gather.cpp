/*
 * Network::TcpGather as chips have it: over a socket that has room, but now and then no memory. Nothing is lost then, and
 * the socket is not taken for dead.
 */
#include "tcp/TcpGather.h"
#include <cstdio>
#include <cstdlib>

using namespace Network;

void Memory::release(void* block) noexcept
{
	free(block);
}

namespace
{
class Socket : public TcpSocket
{
public:
	void setEvents(TcpSocketEvents*) override
	{
	}
	SocketError connect(const IpAddress&, uint16_t) override
	{
		return SocketError::none;
	}
	SocketError listen(uint16_t) override
	{
		return SocketError::none;
	}
	int write(const uint8_t* data, size_t length, bool) override
	{
		const size_t taken = length < memory ? length : memory;
		for(size_t i = 0; i < taken; ++i) {
			sum = sum * 31 + data[i];
		}
		memory -= taken;
		return isDead ? -1 : int(taken);
	}
	size_t getWriteSpace() const override
	{
		return 1000;
	}
	void flush() override
	{
	}
	void resume() override
	{
	}
	void close() override
	{
	}
	void abort() override
	{
	}
	IpAddress getRemoteAddress() const override
	{
		return IpAddress();
	}
	uint16_t getRemotePort() const override
	{
		return 0;
	}
	IpAddress getLocalAddress() const override
	{
		return IpAddress();
	}
	uint16_t getLocalPort() const override
	{
		return 0;
	}

	size_t memory = 0; ///< bytes that can be taken
	unsigned sum = 0;  ///< of what was
	bool isDead = false;
};

void check(bool ok, const char* what)
{
	if(!ok) {
		fprintf(stderr, "FAIL %s\n", what);
		exit(1);
	}
}

/* Send a flight whose pieces have these lengths, with memory for so many bytes at a time. */
void send(const size_t* pieces, size_t count, size_t portion)
{
	uint8_t flight[100];
	size_t total = 0;
	unsigned sum = 0;
	for(size_t i = 0; i < count; ++i) {
		total += pieces[i];
	}
	for(size_t i = 0; i < total; ++i) {
		flight[i] = uint8_t(i + 1);
		sum = sum * 31 + flight[i];
	}
	Socket socket;
	size_t sent = 0;
	size_t piece = 0;
	size_t left = pieces[0];
	for(unsigned turn = 0; sent < total; ++turn) {
		check(turn < 500, "it goes on");
		socket.memory = turn % 2 == 0 ? 0 : portion;
		TcpGather gather(socket, true);
		while(sent < total) {
			const int taken = gather.write(flight + sent, left);
			check(taken >= 0, "not dead");
			if(taken == 0) {
				break;
			}
			sent += size_t(taken);
			left -= size_t(taken);
			if(left == 0 && ++piece < count) {
				left = pieces[piece];
			}
		}
		check(gather.flush(), "not dead at the end");
	}
	check(socket.sum == sum, "all of it, in order");
}

} // namespace

int main()
{
	constexpr size_t flights[][3] = {{1, 1, 1}, {5, 1, 7}, {40, 50, 10}, {2, 1, 60}};
	for(auto& flight : flights) {
		for(size_t portion = 1; portion < 20; ++portion) {
			send(flight, 3, portion);
		}
	}
	Socket socket;
	socket.isDead = true;
	uint8_t byte = 0;
	TcpGather gather(socket, true);
	check(gather.write(&byte, 1) < 0, "a dead socket is");
	puts("done");
	return 0;
}
