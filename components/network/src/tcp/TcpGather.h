/**
 * Network::TcpGather: records on their way to a socket, together in as few segments as may be, and on host in as few
 * system calls.
 */
#pragma once

#include "TcpSocket.h"
#include <cstring>

namespace Network
{
class TcpGather
{
public:
	/** @param wanted false: every piece goes as it is */
	TcpGather(TcpSocket& socket, bool wanted) : socket(socket), wanted(wanted)
	{
	}

	/** As TcpSocket::write(). What was taken leaves with flush() at the latest. */
	int write(const uint8_t* data, size_t length)
	{
		if(!wanted) {
			return socket.write(data, length, false);
		}
		if(gathers && held + length <= sizeof(block) && held + length <= socket.getWriteSpace()) {
			memcpy(block + held, data, length);
			held += length;
			return int(length);
		}
		if(!send(true)) {
			return -1;
		}
		isOpen = true;
		return socket.write(data, length, true);
	}

	/** @return false when the socket is dead */
	bool flush()
	{
		if(held != 0) {
			return send(false);
		}
		if(isOpen) {
			socket.flush();
		}
		return true;
	}

private:
#ifdef ARCH_HOST
	static constexpr bool gathers = true;
	uint8_t block[2048]; ///< a server's first flight with an EC certificate
#else
	static constexpr bool gathers = false; ///< lwIP does by itself, the stack is small, and room may be without memory
	uint8_t block[1];
#endif

	/* The socket has said that it has room: less is as bad as none. */
	bool send(bool more)
	{
		const size_t length = held;
		held = 0;
		return length == 0 || socket.write(block, length, more) == int(length);
	}

	TcpSocket& socket;
	size_t held = 0;
	const bool wanted;
	bool isOpen = false; ///< the last piece went with a promise of more
};

} // namespace Network
