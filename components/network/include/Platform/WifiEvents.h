/** WifiEvents: callbacks about the Wi-Fi connection. They come from the main loop, never from within a call. */
#pragma once

#include "BssInfo.h"
#include <Delegate.h>
#include <IpAddress.h>
#include <MacAddress.h>
#include <WString.h>

/** X(tag, code, text) (IEEE 802.11-2007 §7.3.1.7; from 200 on Espressif's own) */
#define WIFI_DISCONNECT_REASON_CODES_MAP(XX)                                                                           \
	XX(UNSPECIFIED, 1, "no reason given")                                                                              \
	XX(AUTH_EXPIRE, 2, "authentication no longer valid")                                                               \
	XX(AUTH_LEAVE, 3, "deauthenticated: the station leaves")                                                           \
	XX(ASSOC_EXPIRE, 4, "disassociated: no activity")                                                                  \
	XX(ASSOC_TOOMANY, 5, "disassociated: the access point has too many stations")                                      \
	XX(NOT_AUTHED, 6, "frame from a station that is not authenticated")                                                \
	XX(NOT_ASSOCED, 7, "frame from a station that is not associated")                                                  \
	XX(ASSOC_LEAVE, 8, "disassociated: the station leaves")                                                            \
	XX(ASSOC_NOT_AUTHED, 9, "association without authentication")                                                      \
	XX(DISASSOC_PWRCAP_BAD, 10, "power capability not acceptable")                                                     \
	XX(DISASSOC_SUPCHAN_BAD, 11, "supported channels not acceptable")                                                  \
	XX(IE_INVALID, 13, "invalid information element")                                                                  \
	XX(MIC_FAILURE, 14, "message integrity check failed")                                                              \
	XX(4WAY_HANDSHAKE_TIMEOUT, 15, "4-way handshake timed out (wrong password?)")                                      \
	XX(GROUP_KEY_UPDATE_TIMEOUT, 16, "group key handshake timed out")                                                  \
	XX(IE_IN_4WAY_DIFFERS, 17, "information element changed in the 4-way handshake")                                   \
	XX(GROUP_CIPHER_INVALID, 18, "invalid group cipher")                                                               \
	XX(PAIRWISE_CIPHER_INVALID, 19, "invalid pairwise cipher")                                                         \
	XX(AKMP_INVALID, 20, "invalid key management protocol")                                                            \
	XX(UNSUPP_RSN_IE_VERSION, 21, "RSN version not supported")                                                         \
	XX(INVALID_RSN_IE_CAP, 22, "invalid RSN capabilities")                                                             \
	XX(802_1X_AUTH_FAILED, 23, "IEEE 802.1X authentication failed")                                                    \
	XX(CIPHER_SUITE_REJECTED, 24, "cipher suite rejected by policy")                                                   \
	XX(BEACON_TIMEOUT, 200, "no beacons from the access point")                                                        \
	XX(NO_AP_FOUND, 201, "access point not found")                                                                     \
	XX(AUTH_FAIL, 202, "authentication failed")                                                                        \
	XX(ASSOC_FAIL, 203, "association failed")                                                                          \
	XX(HANDSHAKE_TIMEOUT, 204, "handshake timed out")                                                                  \
	XX(CONNECTION_FAIL, 205, "connection failed")

/** Why a connection with an access point ended (IEEE 802.11 §9.4.1.7, and from 200 of the vendor); the table is above. */
enum WifiDisconnectReason {
#define XX(tag, code, text) WIFI_DISCONNECT_REASON_##tag = code,
	WIFI_DISCONNECT_REASON_CODES_MAP(XX)
#undef XX
};

using StationConnectDelegate = Delegate<void(const String& ssid, MacAddress bssid, uint8_t channel)>;
using StationDisconnectDelegate = Delegate<void(const String& ssid, MacAddress bssid, WifiDisconnectReason reason)>;
using StationAuthModeChangeDelegate = Delegate<void(WifiAuthMode oldMode, WifiAuthMode newMode)>;
using StationGotIPDelegate = Delegate<void(IpAddress ip, IpAddress netmask, IpAddress gateway)>;
using AccessPointConnectDelegate = Delegate<void(MacAddress mac, uint16_t aid)>;
using AccessPointDisconnectDelegate = Delegate<void(MacAddress mac, uint16_t aid)>;
using AccessPointProbeReqRecvedDelegate = Delegate<void(int rssi, MacAddress mac)>;

/** Whom to call when the connection with an access point changes; the object is `WifiEvents`. */
class WifiEventsClass
{
public:
	/** Associated with an access point; an address follows. */
	void onStationConnect(StationConnectDelegate delegate)
	{
		stationConnect = delegate;
	}
	/** The connection was lost, ended, or could not be made. */
	void onStationDisconnect(StationDisconnectDelegate delegate)
	{
		stationDisconnect = delegate;
	}
	void onStationAuthModeChange(StationAuthModeChangeDelegate delegate)
	{
		stationAuthModeChange = delegate;
	}
	/** The station has an address: the network can be used. */
	void onStationGotIP(StationGotIPDelegate delegate)
	{
		stationGotIP = delegate;
	}
	void onAccessPointConnect(AccessPointConnectDelegate delegate)
	{
		accessPointConnect = delegate;
	}
	void onAccessPointDisconnect(AccessPointDisconnectDelegate delegate)
	{
		accessPointDisconnect = delegate;
	}
	void onAccessPointProbeReqRecved(AccessPointProbeReqRecvedDelegate delegate)
	{
		accessPointProbe = delegate;
	}

	/** "AUTH_FAIL" */
	static String getDisconnectReasonName(WifiDisconnectReason reason);
	/** Words for people. */
	static String getDisconnectReasonDesc(WifiDisconnectReason reason);

	/* For the platform's implementation */
	StationConnectDelegate stationConnect;
	StationDisconnectDelegate stationDisconnect;
	StationAuthModeChangeDelegate stationAuthModeChange;
	StationGotIPDelegate stationGotIP;
	AccessPointConnectDelegate accessPointConnect;
	AccessPointDisconnectDelegate accessPointDisconnect;
	AccessPointProbeReqRecvedDelegate accessPointProbe;
};

extern WifiEventsClass& WifiEvents;
