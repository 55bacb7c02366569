#include "plainAlert.h"
#include "TcpSocket.h"

namespace Network
{
void sendPlainAlert(TcpSocket& socket, Ssl::Alert alert)
{
	constexpr uint8_t alertType = 21;
	constexpr uint8_t levelFatal = 2;
	const uint8_t record[] = {alertType, 3, 3, 0, 2, levelFatal, uint8_t(alert)};
	socket.write(record, sizeof(record), false);
}

} // namespace Network
