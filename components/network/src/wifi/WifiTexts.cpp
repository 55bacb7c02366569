/* Words for Wi-Fi states and reasons, the same on every platform. */
#include <Platform/Station.h>
#include <Platform/WifiEvents.h>

String toString(WifiAuthMode mode)
{
	switch(mode) {
	case AUTH_OPEN:
		return F("OPEN");
	case AUTH_WEP:
		return F("WEP");
	case AUTH_WPA_PSK:
		return F("WPA_PSK");
	case AUTH_WPA2_PSK:
		return F("WPA2_PSK");
	case AUTH_WPA_WPA2_PSK:
		return F("WPA_WPA2_PSK");
	case AUTH_MAX:
		break;
	}
	return nullptr;
}

String WifiEventsClass::getDisconnectReasonName(WifiDisconnectReason reason)
{
	switch(reason) {
#define XX(tag, code, text)                                                                                            \
	case WIFI_DISCONNECT_REASON_##tag:                                                                                 \
		return F(#tag);
		WIFI_DISCONNECT_REASON_CODES_MAP(XX)
#undef XX
	}
	return String(unsigned(reason));
}

String WifiEventsClass::getDisconnectReasonDesc(WifiDisconnectReason reason)
{
	switch(reason) {
#define XX(tag, code, text)                                                                                            \
	case WIFI_DISCONNECT_REASON_##tag:                                                                                 \
		return F(text);
		WIFI_DISCONNECT_REASON_CODES_MAP(XX)
#undef XX
	}
	return String(unsigned(reason));
}

bool StationClass::isConnectionFailed() const
{
	auto status = getConnectionStatus();
	return status == eSCS_WrongPassword || status == eSCS_AccessPointNotFound || status == eSCS_ConnectionFailed;
}

String StationClass::getConnectionStatusName() const
{
	switch(getConnectionStatus()) {
	case eSCS_Idle:
		return F("Idle");
	case eSCS_Connecting:
		return F("Connecting");
	case eSCS_WrongPassword:
		return F("Wrong password");
	case eSCS_AccessPointNotFound:
		return F("Access point not found");
	case eSCS_ConnectionFailed:
		return F("Connection failed");
	case eSCS_GotIP:
		return F("Got IP");
	}
	return nullptr;
}
