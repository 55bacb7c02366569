/* UdpConnection: what does not depend on the backend. */
#include <Network/UdpConnection.h>

void UdpConnection::onReceive(char* data, size_t length, IpAddress remoteIP, uint16_t remotePort)
{
	auto function = onDataCallback;
	function(*this, data, int(length), remoteIP, remotePort);
}
