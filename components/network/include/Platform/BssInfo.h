/** BssInfo: what is known of a Wi-Fi network in range. */
#pragma once

#include <MacAddress.h>
#include <WString.h>
#include <WVector.h>

/** How a network is protected. */
enum WifiAuthMode {
	AUTH_OPEN = 0,
	AUTH_WEP,
	AUTH_WPA_PSK,
	AUTH_WPA2_PSK,
	AUTH_WPA_WPA2_PSK,
	AUTH_MAX, ///< number of modes
};

/** "WPA2_PSK" */
String toString(WifiAuthMode mode);

class BssInfo
{
public:
	bool isOpen() const
	{
		return authorization == AUTH_OPEN;
	}
	String getAuthorizationMethodName() const
	{
		return toString(authorization);
	}
	uint32_t getHashId() const
	{
		return bssid.getHash();
	}

	String ssid;
	MacAddress bssid;
	WifiAuthMode authorization = AUTH_OPEN;
	uint8_t channel = 0;
	int16_t rssi = 0; ///< dBm
	bool hidden = false;
};

using BssList = Vector<BssInfo>;
