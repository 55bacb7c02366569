/**
 * Url: the parts of a URL (RFC 3986), held decoded so that they can be edited.
 *
 * A text that is no URL gives an empty Url (`isValid()` false): longer than URL_MAX_LENGTH, as it is or as toString()
 * encodes it, spaces or control characters, a malformed host or port, no memory for all of it. What was parsed and not
 * edited is given back byte for byte by getPathWithQuery(), so that "%2F" in a path, repeated parameters and signed URLs
 * survive.
 */
#pragma once

#include "Http/HttpParams.h"
#include <FlashString.hpp>
#include <WString.h>

class Print;

/** X(name, scheme, default port; 0: none) */
#define URI_SCHEME_MAP(XX)                                                                                             \
	XX(HTTP, http, 80)                                                                                                 \
	XX(HTTP_SECURE, https, 443)                                                                                        \
	XX(WEBSOCKET, ws, 80)                                                                                              \
	XX(WEBSOCKET_SECURE, wss, 443)                                                                                     \
	XX(MQTT, mqtt, 1883)                                                                                               \
	XX(MQTT_SECURE, mqtts, 8883)                                                                                       \
	XX(SMTP, smtp, 25)                                                                                                 \
	XX(SMTP_SECURE, smtps, 465)                                                                                        \
	XX(FTP, ftp, 21)                                                                                                   \
	XX(MAIL_TO, mailto, 0)                                                                                             \
	XX(FILE, file, 0)                                                                                                  \
	XX(DATA, data, 0)

#define XX(name, str, port) DECLARE_FSTR(URI_SCHEME_##name);
URI_SCHEME_MAP(XX)
#undef XX

/** Characters in a URL: what common servers take (RFC 9110 §4.1 asks for 8000, chips cannot afford it). */
#ifndef URL_MAX_LENGTH
#define URL_MAX_LENGTH 2048
#endif

class Url
{
public:
	Url() = default;
	Url(const Url&) = default;
	Url& operator=(const Url&) = default;

	Url(const String& text)
	{
		parse(text);
	}
	Url(const char* text) : Url(String(text))
	{
	}
	Url(flash_string_t text) : Url(String(text))
	{
	}
	Url(const FlashString& text) : Url(String(text))
	{
	}

	/** From decoded parts. @param port 0: the default of the scheme */
	Url(const String& scheme, const String& user, const String& password, const String& host, int port = 0,
		const String& path = nullptr, const String& query = nullptr, const String& fragment = nullptr);

	Url& operator=(const String& text)
	{
		parse(text);
		return *this;
	}
	Url& operator=(const char* text)
	{
		return *this = String(text);
	}

	/** Take a text apart. @return false when it is no URL; this is then empty */
	bool parse(const String& text);

	/** True if it was parsed, or put together, with a host or a path. */
	bool isValid() const
	{
		return !Host.isEmpty() || !Path.isEmpty();
	}

	/** The encoded URL; null when memory ran out. */
	String toString() const;

	operator String() const
	{
		return toString();
	}

	/** False if a part that was set, or copied with the whole object, was lost for want of memory. */
	bool isComplete() const;

	/** Scheme in lower case, "http" if none is given. */
	String getScheme() const;

	/** @return 0 when the scheme is not known or has no port */
	static int getDefaultPort(const String& scheme);

	/** The port to connect to. */
	int getPort() const
	{
		return (Port != 0) ? Port : getDefaultPort(getScheme());
	}

	/** "host", "host:8080", "[::1]:8080": the port is left out when it is the scheme's default. */
	String getHostWithPort() const;

	/** Path without the leading '/'. */
	String getRelativePath() const
	{
		return Path.startsWith("/") ? Path.substring(1) : Path;
	}

	/** Encoded, as it stands in a request; at least "/". Null when memory ran out. */
	String getPathWithQuery() const;

	/** What follows the last '/' of the path. */
	String getFileName() const;

	/** One part on a line, the password left out. */
	void debugPrintTo(Print& p) const;

	/** Value of a query parameter, or `defaultValue`. */
	String getQueryParam(const String& name, const String& defaultValue = nullptr) const
	{
		return Query.contains(name) ? Query.find(name) : defaultValue;
	}

	String Scheme; ///< "https", without "://"
	String User;
	String Password;
	String Host;  ///< name or address; an IPv6 address without its brackets
	int Port = 0; ///< 0: not given
	String Path;  ///< with leading '/'
	HttpParams Query;
	String Fragment; ///< without '#'; never sent

private:
	bool parseText(const String& text);
	bool parseAuthority(const char* text, size_t length);
	bool parsePath(const char* text, size_t length);
	bool parseQuery(const char* text, size_t length);
	bool fits(size_t length) const;
	String encodePath() const;
	String encodeQuery() const;
	void clear();

	String rawPath;	 ///< as it was parsed, if encoding Path would give something else
	String rawQuery; ///< the same
};

inline String toString(const Url& url)
{
	return url.toString();
}
