/** A TLS alert outside of any session, for connections that get none. */
#pragma once

#include <Network/Ssl/Alert.h>

namespace Network
{
class TcpSocket;

/** Send a fatal alert in the clear (RFC 5246 §7.2), as a server may until keys are on. */
void sendPlainAlert(TcpSocket& socket, Ssl::Alert alert);

} // namespace Network
