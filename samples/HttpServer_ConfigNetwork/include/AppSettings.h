/** What is remembered over a restart: the network and the address. */
#pragma once

#include <SmingCore.h>

/** The name begins with a dot: the web server does not give such files away. */
#define APP_SETTINGS_FILE ".settings"

struct AppSettings {
	String ssid;
	String password;
	bool dhcp = true;
	IpAddress ip;
	IpAddress netmask;
	IpAddress gateway;

	bool exist() const
	{
		return fileExist(APP_SETTINGS_FILE);
	}

	/** The text of a form: every value comes back as it was, whatever is in it. */
	void load()
	{
		HttpParams values(fileGetContent(APP_SETTINGS_FILE));
		const auto& stored = values;
		ssid = stored["ssid"];
		password = stored["password"];
		dhcp = stored["dhcp"] != "0";
		ip = IpAddress(stored["ip"]);
		netmask = IpAddress(stored["netmask"]);
		gateway = IpAddress(stored["gateway"]);
	}

	/** @return false when it could not be written */
	bool save() const
	{
		HttpParams values;
		values["ssid"] = ssid;
		values["password"] = password;
		values["dhcp"] = dhcp ? "1" : "0";
		values["ip"] = ip.toString();
		values["netmask"] = netmask.toString();
		values["gateway"] = gateway.toString();
		return fileSetContent(APP_SETTINGS_FILE, values.toString()) >= 0;
	}
};
