#include <Network/TcpSocketEvents.h>

namespace Network
{
const char* getErrorText(SocketError error)
{
	switch(error) {
	case SocketError::none:
		return "no error";
	case SocketError::refused:
		return "connection refused";
	case SocketError::reset:
		return "connection reset by the peer";
	case SocketError::timeout:
		return "timed out";
	case SocketError::unreachable:
		return "host or network unreachable";
	case SocketError::noMemory:
		return "out of memory for the connection";
	case SocketError::nameUnknown:
		return "name not known";
	case SocketError::other:
		break;
	}
	return "connection failed";
}

} // namespace Network
