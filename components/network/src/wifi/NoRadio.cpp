/*
 * Wi-Fi of a device without a radio (host, serial link): a station that is connected as soon as it should be, and
 * an access point without clients.
 */
#ifndef ARCH_HOST
#include <Network/Link.h>
#endif
#include <Platform/AccessPoint.h>
#include <Platform/Station.h>
#include <Platform/System.h>
#include <Platform/WifiEvents.h>
#include <SimpleTimer.h>

namespace
{
constexpr uint8_t channel = 1;
constexpr int8_t rssi = -10;

/* Locally administered (second-lowest bit of the first octet). */
const MacAddress::Octets stationMac = {0x02, 0x53, 0x4D, 0x49, 0x4E, 0x01};
const MacAddress::Octets accessPointMac = {0x02, 0x53, 0x4D, 0x49, 0x4E, 0x02};

/* What a scan finds besides the network the station is set to: one of each kind that applications have to cope with. */
struct Simulated {
	const char* ssid;
	WifiAuthMode mode;
	uint8_t channel;
	int16_t rssi;
	bool hidden;
};

const Simulated simulated[] = {
	{"Workshop", AUTH_WPA2_PSK, 6, -52, false},
	{"Caf\xc3\xa9 <guests>", AUTH_OPEN, 11, -67, false},
	{"Workshop", AUTH_WPA2_PSK, 1, -71, false}, // the same network from farther away
	{"", AUTH_WPA2_PSK, 3, -80, true},
};

bool addNetwork(BssList& list, const String& ssid, const Simulated& network, uint8_t number)
{
	MacAddress::Octets octets = {0x02, 0x53, 0x4D, 0x49, 0x4E, number};
	BssInfo info;
	info.ssid = ssid;
	info.bssid = MacAddress(octets);
	info.authorization = network.mode;
	info.channel = network.channel;
	info.rssi = network.rssi;
	info.hidden = network.hidden;
	return list.add(info);
}

class Station final : public StationClass
{
public:
	Station()
	{
		later.setCallback(&Station::deliver, this);
	}

	void enable(bool newEnabled, bool) override
	{
		enabled = newEnabled;
		if(!enabled) {
			disconnect();
		} else if(!ssid.isEmpty() && autoConnect) {
			connect();
		}
	}
	bool isEnabled() const override
	{
		return enabled;
	}

	bool config(const String& newSsid, const String& newPassword, bool autoConnectOnStartup, bool) override
	{
		ssid = newSsid;
		password = newPassword;
		autoConnect = autoConnectOnStartup;
		if(ssid.isNull() != newSsid.isNull() || password.isNull() != newPassword.isNull()) {
			return false;
		}
		if(enabled && autoConnect) {
			connect();
		}
		return true;
	}

	bool connect() override
	{
		if(!enabled) {
			return false;
		}
		if(status != eSCS_GotIP) {
			status = eSCS_Connecting;
			wanted = Event::connect;
			schedule();
		}
		return true;
	}

	bool disconnect() override
	{
		if(status != eSCS_Idle) {
			status = eSCS_Idle;
			wanted = Event::disconnect;
			schedule();
		}
		return true;
	}

	StationConnectionStatus getConnectionStatus() const override
	{
		return status;
	}
	bool isEnabledDHCP() const override
	{
		return dhcp;
	}
	void enableDHCP(bool enable) override
	{
		dhcp = enable;
	}
	void setHostname(const String& newName) override
	{
		hostname = newName;
	}
	String getHostname() const override
	{
		return hostname;
	}
	IpAddress getIP() const override
	{
		return isConnected() ? ip : IpAddress();
	}
	MacAddress getMacAddress() const override
	{
		return mac;
	}
	bool setMacAddress(const MacAddress& newMac) override
	{
		mac = newMac;
		return true;
	}
	IpAddress getNetworkMask() const override
	{
		return netmask;
	}
	IpAddress getNetworkGateway() const override
	{
		return gateway;
	}
	bool setIP(IpAddress newIp, IpAddress newNetmask, IpAddress newGateway) override
	{
		ip = newIp;
		netmask = newNetmask;
		gateway = newGateway;
		dhcp = false;
#ifndef ARCH_HOST
		Network::Link::setAddress(ip, netmask, gateway);
#endif
		return true;
	}
	String getSSID() const override
	{
		return ssid;
	}
	String getPassword() const override
	{
		return password;
	}
	int8_t getRssi() const override
	{
		return rssi;
	}
	uint8_t getChannel() const override
	{
		return channel;
	}

	bool startScan(ScanCompletedDelegate scanCompleted) override
	{
		if(!enabled || scanDone) {
			return false;
		}
		scanDone = scanCompleted;
		schedule();
		return true;
	}

private:
	enum class Event : uint8_t { none, connect, disconnect };

	/* The task queue may be full: then a timer does the same a little later. */
	void schedule()
	{
		if(!System.queueCallback(&Station::deliver, this)) {
			later.setIntervalMs<1>();
			later.startOnce();
		}
	}

	static void deliver(void* arg)
	{
		static_cast<Station*>(arg)->deliver();
	}

	void deliver()
	{
		auto event = wanted;
		wanted = Event::none;
		auto scan = scanDone;
		scanDone = nullptr;
		if(event == Event::connect) {
			status = eSCS_GotIP;
			auto connected = WifiEvents.stationConnect;
			connected(ssid, MacAddress(accessPointMac), channel);
			auto gotIp = WifiEvents.stationGotIP;
			gotIp(ip, netmask, gateway);
		} else if(event == Event::disconnect) {
			auto disconnected = WifiEvents.stationDisconnect;
			disconnected(ssid, MacAddress(accessPointMac), WIFI_DISCONNECT_REASON_ASSOC_LEAVE);
		}
		if(scan) {
			BssList list;
			bool ok = true;
			if(!ssid.isEmpty()) {
				ok = addNetwork(list, ssid, {nullptr, password.isEmpty() ? AUTH_OPEN : AUTH_WPA2_PSK, channel, rssi, false},
								accessPointMac[5]);
			}
			uint8_t number = 0x10;
			for(auto& network : simulated) {
				ok = ok && addNetwork(list, network.ssid, network, number++);
			}
			scan(ok, list);
		}
	}

	String ssid;
	String password;
	String hostname;
	ScanCompletedDelegate scanDone;
	SimpleTimer later;
	MacAddress mac{stationMac};
#ifdef ARCH_HOST
	IpAddress ip{127, 0, 0, 1};
	IpAddress netmask{255, 0, 0, 0};
	IpAddress gateway{127, 0, 0, 1};
#else
	IpAddress ip{Network::Link::defaultAddress};
	IpAddress netmask{Network::Link::defaultNetmask};
	IpAddress gateway{Network::Link::defaultGateway};
#endif
	StationConnectionStatus status = eSCS_Idle;
	Event wanted = Event::none;
	bool enabled = false;
	bool autoConnect = true;
	bool dhcp = true;
};

class AccessPoint final : public AccessPointClass
{
public:
	void enable(bool newEnabled, bool) override
	{
		enabled = newEnabled;
	}
	bool isEnabled() const override
	{
		return enabled;
	}
	bool config(const String& newSsid, String newPassword, WifiAuthMode mode, bool, int newChannel, int interval) override
	{
		if(newSsid.isEmpty() || mode >= AUTH_MAX || newChannel < 1 || newChannel > 14 || interval <= 0) {
			return false;
		}
		ssid = newSsid;
		password = newPassword;
		return !ssid.isNull() && (!password.isNull() || newPassword.isNull());
	}
	IpAddress getIP() const override
	{
		return ip;
	}
	bool setIP(IpAddress address) override
	{
		ip = address;
		return true;
	}
	MacAddress getMacAddress() const override
	{
		return mac;
	}
	bool setMacAddress(const MacAddress& address) override
	{
		mac = address;
		return true;
	}
	IpAddress getNetworkMask() const override
	{
		return {255, 255, 255, 0};
	}
	IpAddress getNetworkGateway() const override
	{
		return ip;
	}
	String getSSID() const override
	{
		return ssid;
	}
	String getPassword() const override
	{
		return password;
	}

private:
	String ssid;
	String password;
	MacAddress mac{accessPointMac};
	IpAddress ip{192, 168, 4, 1};
	bool enabled = false;
};

WifiEventsClass events;
Station station;
AccessPoint accessPoint;

} // namespace

WifiEventsClass& WifiEvents = events;
StationClass& WifiStation = station;
AccessPointClass& WifiAccessPoint = accessPoint;
