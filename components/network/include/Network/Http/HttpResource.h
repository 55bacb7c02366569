/**
 * HttpResource: what answers the requests for one path of an HttpServer.
 *
 * An application usually gives HttpServer::paths a function and never sees this class. Whoever needs more than the
 * whole request (its body as it arrives, another protocol after an upgrade) fills in the delegates below.
 */
#pragma once

#include "HttpRequest.h"
#include "HttpResponse.h"
#include <cstddef>

class HttpServerConnection;

/**
 * A piece of a request's body; the resource may move and shorten what is left for the body parser.
 * @return 0, otherwise the request is refused
 */
using HttpServerConnectionBodyDelegate =
	Delegate<int(HttpServerConnection& connection, HttpRequest& request, char** at, int* length)>;

/** Data of the other protocol after an upgrade. @return 0, otherwise the connection is broken off */
using HttpServerConnectionUpgradeDelegate =
	Delegate<int(HttpServerConnection& connection, HttpRequest& request, char* at, int length)>;

/**
 * A step of a request.
 * @return 0, otherwise the request is refused with `response.code` (500, or 400 before the body, if that is no error)
 *         and the connection is closed
 */
using HttpResourceDelegate =
	Delegate<int(HttpServerConnection& connection, HttpRequest& request, HttpResponse& response)>;

class HttpResource : public Memory::Tagged<Memory::Tag::network>
{
public:
	HttpResource() = default;
	HttpResource(const HttpResource&) = delete;
	HttpResource& operator=(const HttpResource&) = delete;
	virtual ~HttpResource() = default;

	/** A connection that this resource served last goes away: free what belongs to it. */
	virtual void shutdown(HttpServerConnection& connection)
	{
		(void)connection;
	}

	HttpResourceDelegate onUrlComplete;			   ///< method and URL are known
	HttpResourceDelegate onHeadersComplete;		   ///< headers are known, the body is not
	HttpServerConnectionBodyDelegate onBody;	   ///< pieces of the body, in place of collecting it
	HttpResourceDelegate onRequestComplete;		   ///< the request is complete: fill in the response
	/**
	 * Data of another protocol: onHeadersComplete agreed to it by status 101, for a request that asks for an upgrade,
	 * and set no HttpUpgrade on the connection.
	 */
	HttpServerConnectionUpgradeDelegate onUpgrade;

	/** Bytes of a request's body, larger ones are refused with 413; 0: what HttpServerSettings say. */
	size_t maxBodySize = 0;

	/** @name Owners: the tree of paths, and each connection while it uses the resource. The last one deletes it. */
	void retain()
	{
		++owners;
	}
	void release()
	{
		if(--owners == 0) {
			delete this;
		}
	}

private:
	unsigned owners = 0;
};
