#include "errors.h"
#include <cerrno>

namespace Network
{
SocketError errorFromErrno(int code)
{
	switch(code) {
	case ECONNREFUSED:
		return SocketError::refused;
	case ECONNRESET:
	case EPIPE:
	case ECONNABORTED:
		return SocketError::reset;
	case ETIMEDOUT:
		return SocketError::timeout;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
		return SocketError::unreachable;
	case ENOMEM:
	case ENOBUFS:
	case EMFILE:
	case ENFILE:
		return SocketError::noMemory;
	default:
		return SocketError::other;
	}
}

bool wouldBlock(int code)
{
	return code == EAGAIN || code == EWOULDBLOCK;
}

} // namespace Network
