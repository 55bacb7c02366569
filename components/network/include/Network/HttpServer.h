/**
 * HttpServer: answers HTTP requests, with `listen(443, true)` those over TLS.
 *
 *     HttpServer server;
 *     server.paths.set("/", [](HttpRequest& request, HttpResponse& response) { response.sendFile("index.html"); });
 *     server.setSslInitHandler([](Ssl::Session& session) { session.keyCert.assign(key, certificate); });
 *     server.listen(443, true);
 *
 * A request that is malformed, ambiguous or larger than HttpServerSettings allow is answered by the status that says
 * so (400, 408, 413, 414, 417, 431, 501, 503, 505), and its connection closed; no callback hears of it.
 *
 * When an allocation fails while callbacks put an answer together, 503 is sent in its place: something may be missing in
 * it. Who can do without, says so by Memory::forgiveFailures().
 */
#pragma once

#include "Http/HttpBodyParser.h"
#include "Http/HttpResourceTree.h"
#include "Http/HttpServerConnection.h"
#include "Http/HttpServerSettings.h"
#include "TcpServer.h"
#include "WebConstants.h"

class HttpServer : public TcpServer
{
public:
	HttpServer()
	{
		configure(settings);
	}
	explicit HttpServer(const HttpServerSettings& settings)
	{
		configure(settings);
	}
	/** Breaks off all connections. */
	~HttpServer() override;

	/** Change the settings, also while listening. */
	void configure(const HttpServerSettings& newSettings);

	const HttpServerSettings& getSettings() const
	{
		return settings;
	}

	/**
	 * Have bodies of a content type parsed: of one ("application/json"), of a kind ("text/" and an asterisk), or all
	 * ("*"). The most exact one counts.
	 * @return false when memory ran out
	 */
	bool setBodyParser(const String& contentType, HttpBodyParserDelegate parser)
	{
		return bodyParsers.set(contentType, parser);
	}
	bool setBodyParser(MimeType type, HttpBodyParserDelegate parser)
	{
		return setBodyParser(toString(type), parser);
	}

	/** How long a connection may wait for its next request; 0: one request each. */
	void setKeepAlive(uint16_t seconds)
	{
		settings.keepAliveSeconds = seconds;
	}

	/** @name Names of earlier versions of Sming */
	void addPath(const String& path, const HttpPathDelegate& callback)
	{
		paths.set(path, callback);
	}
	void addPath(const String& path, const HttpResourceDelegate& onRequestComplete)
	{
		paths.set(path, onRequestComplete);
	}
	void addPath(const String& path, HttpResource* resource)
	{
		paths.set(path, resource);
	}
	void setDefaultHandler(const HttpPathDelegate& callback)
	{
		paths.setDefault(callback);
	}
	void setDefaultResource(HttpResource* resource)
	{
		paths.setDefault(resource);
	}

	HttpResourceTree paths;

protected:
	TcpClient* createClient(Network::TcpSocket* accepted) override;
	bool makeRoom() override;
	void refuse(Network::TcpSocket* accepted) override;

private:
	HttpServerConnection* findIdle() const;

	HttpServerSettings settings;
	BodyParsers bodyParsers;
};
