/** What errno means for a connection. */
#pragma once

#include <Network/TcpSocketEvents.h>

namespace Network
{
SocketError errorFromErrno(int code);

/** True if the call would have had to wait. */
bool wouldBlock(int code);

} // namespace Network
