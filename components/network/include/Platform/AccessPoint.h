/** WifiAccessPoint: this device as a Wi-Fi network. Without a radio (host) it keeps its settings and has no clients. */
#pragma once

#include "BssInfo.h"
#include <IpAddress.h>
#include <MacAddress.h>
#include <WString.h>

/** The device's own access point; the object is `WifiAccessPoint`. */
class AccessPointClass
{
public:
	virtual ~AccessPointClass() = default;

	virtual void enable(bool enabled, bool save = false) = 0;
	virtual bool isEnabled() const = 0;

	/** @param channel 1-14 @param beaconInterval ms. @return false for a value out of range or without memory */
	virtual bool config(const String& ssid, String password, WifiAuthMode mode, bool hidden = false, int channel = 7,
						int beaconInterval = 200) = 0;

	virtual IpAddress getIP() const = 0;
	virtual bool setIP(IpAddress address) = 0;
	virtual MacAddress getMacAddress() const = 0;
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
	bool isLocal(IpAddress address) const
	{
		return address.compare(getIP(), getNetworkMask());
	}
	virtual String getSSID() const = 0;
	virtual String getPassword() const = 0;
};

extern AccessPointClass& WifiAccessPoint;
