/**
 * UdpConnection: sends and receives datagrams.
 *
 * Sending needs memory of the network only for the moment. On host a datagram of up to 1500 bytes is received.
 */
#pragma once

#include <Delegate.h>
#include <IpAddress.h>
#include <Memory.h>
#include <WString.h>

class UdpConnection;

using UdpConnectionDataDelegate =
	Delegate<void(UdpConnection& connection, char* data, int size, IpAddress remoteIP, uint16_t remotePort)>;

class UdpConnection : public Memory::Tagged<Memory::Tag::network>
{
public:
	UdpConnection() = default;
	explicit UdpConnection(UdpConnectionDataDelegate dataHandler) : onDataCallback(dataHandler)
	{
	}
	UdpConnection(const UdpConnection&) = delete;
	UdpConnection& operator=(const UdpConnection&) = delete;
	virtual ~UdpConnection()
	{
		close();
	}

	/** Receive what is sent to `port` (on host it may be mapped, see Network/Host.h). @return false when it is taken */
	virtual bool listen(int port);

	/** Set where send() goes. Datagrams from elsewhere are then not received. */
	virtual bool connect(IpAddress ip, uint16_t port);

	virtual void close();

	/** After connect(). @return false when it could not be sent; nobody learns whether it arrived */
	virtual bool send(const char* data, int length);
	bool sendString(const char* data)
	{
		return send(data, int(strlen(data)));
	}
	bool sendString(const String& data)
	{
		return send(data.c_str(), int(data.length()));
	}

	virtual bool sendTo(IpAddress remoteIP, uint16_t remotePort, const char* data, int length);
	bool sendStringTo(IpAddress remoteIP, uint16_t remotePort, const char* data)
	{
		return sendTo(remoteIP, remotePort, data, int(strlen(data)));
	}
	bool sendStringTo(IpAddress remoteIP, uint16_t remotePort, const String& data)
	{
		return sendTo(remoteIP, remotePort, data.c_str(), int(data.length()));
	}

protected:
	/** A datagram came. May close or delete this object. */
	virtual void onReceive(char* data, size_t length, IpAddress remoteIP, uint16_t remotePort);

	UdpConnectionDataDelegate onDataCallback;

private:
	bool open();
	static void onEvents(void* arg, uint32_t events);

	intptr_t handle = -1;  ///< the backend's
	bool* alive = nullptr; ///< set false when the object is deleted or closed in onReceive()
};
