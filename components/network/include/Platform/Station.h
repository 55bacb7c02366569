/**
 * WifiStation: this device as a client of a Wi-Fi network.
 *
 * On host, and on chips that reach the network over the serial line, there is no radio: the station is connected
 * as soon as it is enabled and told to, whatever the SSID; a scan finds some made-up networks. Events come from the
 * task queue (Platform/WifiEvents.h).
 */
#pragma once

#include "BssInfo.h"
#include <Delegate.h>
#include <IpAddress.h>
#include <MacAddress.h>
#include <WString.h>

/** How far the connection with an access point has come. */
enum StationConnectionStatus {
	eSCS_Idle,
	eSCS_Connecting,
	eSCS_WrongPassword,
	eSCS_AccessPointNotFound,
	eSCS_ConnectionFailed,
	eSCS_GotIP,
};

using ScanCompletedDelegate = Delegate<void(bool success, BssList& list)>;

/** The device as a client of an access point; the object is `WifiStation`. */
class StationClass
{
public:
	virtual ~StationClass() = default;

	/** @param save keep the setting over a restart, where the chip can */
	virtual void enable(bool enabled, bool save = false) = 0;
	virtual bool isEnabled() const = 0;

	/** Set the network. Connects if the station is enabled and `autoConnectOnStartup` is set. @return false when memory ran out */
	virtual bool config(const String& ssid, const String& password, bool autoConnectOnStartup = true,
						bool save = true) = 0;

	/** @return false when the station is not enabled */
	virtual bool connect() = 0;
	virtual bool disconnect() = 0;

	bool isConnected() const
	{
		return getConnectionStatus() == eSCS_GotIP;
	}
	bool isConnectionFailed() const;
	virtual StationConnectionStatus getConnectionStatus() const = 0;
	/** Words for people. */
	String getConnectionStatusName() const;

	virtual bool isEnabledDHCP() const = 0;
	virtual void enableDHCP(bool enable) = 0;
	virtual void setHostname(const String& hostname) = 0;
	virtual String getHostname() const = 0;

	/** 0.0.0.0 while not connected. */
	virtual IpAddress getIP() const = 0;
	virtual MacAddress getMacAddress() const = 0;
	/** @param separator between octets, '\0': none */
	String getMAC(char separator = '\0') const
	{
		return getMacAddress().toString(separator);
	}
	virtual bool setMacAddress(const MacAddress& address) = 0;
	virtual IpAddress getNetworkMask() const = 0;
	virtual IpAddress getNetworkGateway() const = 0;
	IpAddress getNetworkBroadcast() const
	{
		return IpAddress(uint32_t(getIP()) | ~uint32_t(getNetworkMask()));
	}
	/** True if the address is in the station's own network. */
	bool isLocal(IpAddress address) const
	{
		return address.compare(getIP(), getNetworkMask());
	}
	bool setIP(IpAddress address)
	{
		return setIP(address, IpAddress(255, 255, 255, 0), IpAddress(address[0], address[1], address[2], 1));
	}
	virtual bool setIP(IpAddress address, IpAddress netmask, IpAddress gateway) = 0;

	virtual String getSSID() const = 0;
	virtual String getPassword() const = 0;
	/** dBm */
	virtual int8_t getRssi() const = 0;
	virtual uint8_t getChannel() const = 0;

	/** Look for networks. @return false when the station is not enabled or a scan is under way */
	virtual bool startScan(ScanCompletedDelegate scanCompleted) = 0;
};

extern StationClass& WifiStation;
