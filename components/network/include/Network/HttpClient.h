/**
 * HttpClient: sends HTTP and HTTPS requests and calls back with the response.
 *
 *     HttpClient client;
 *     client.downloadString("https://example.com/", onDownload);
 *
 * Connections are kept open and shared by all HttpClient objects: requests to one server go one after the other
 * over one connection. Redirects are not followed: the application sees the 3xx.
 */
#pragma once

#include "Http/HttpClientConnection.h"
#include "Http/HttpCommon.h"
#include "Http/HttpRequest.h"
#include <Data/Stream/LimitedMemoryStream.h>

class HttpClient
{
public:
	virtual ~HttpClient() = default;

	/** GET; a body of up to HTTP_RESPONSE_BODY_LIMIT bytes is kept in memory. */
	bool sendRequest(const Url& url, RequestCompletedDelegate requestComplete);

	bool sendRequest(HttpMethod method, const Url& url, const HttpHeaders& headers,
					 RequestCompletedDelegate requestComplete);

	bool sendRequest(HttpMethod method, const Url& url, const HttpHeaders& headers, const String& body,
					 RequestCompletedDelegate requestComplete);

	bool sendRequest(HttpMethod method, const Url& url, const HttpHeaders& headers, String&& body,
					 RequestCompletedDelegate requestComplete) noexcept;

	/**
	 * GET into memory.
	 * @param maxLength bytes that are kept. What is beyond is dropped, and the request counts as not successful.
	 */
	bool downloadString(const Url& url, RequestCompletedDelegate requestComplete,
						size_t maxLength = NETWORK_SEND_BUFFER_SIZE);

	/**
	 * Queue a request, which is owned by the client in any case.
	 * @return false when it was refused (bad URL, no memory, too many waiting): no callback follows
	 */
	bool send(HttpRequest* request);

	/** @return nullptr when there is no memory; send(nullptr) is allowed and returns false */
	HttpRequest* createRequest(const Url& url)
	{
		return new HttpRequest(url);
	}

	/** Close all connections and forget their TLS sessions. Requests under way are dropped without a word. */
	static void cleanup();
};
