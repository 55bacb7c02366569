/**
 * HttpRequest: what is asked of a server, and who is told about the answer.
 *
 * Made with `new` and given to HttpClient::send(), which owns it from then on and deletes it after
 * onRequestComplete(). Setters give the request back so that they can be chained. A request that lost a part of what was
 * set for want of memory is not sent: HttpClient::send() refuses it.
 */
#pragma once

#include "HttpCommon.h"
#include "HttpHeaders.h"
#include "HttpParams.h"
#include <Data/Stream/ReadWriteStream.h>
#include <Delegate.h>
#include <Memory.h>
#include <Network/Ssl/Session.h>

class HttpConnection;
class HttpRequest;
class HttpResponse;

/** The headers are there. @return 0, otherwise the connection is broken off */
using RequestHeadersCompletedDelegate = Delegate<int(HttpConnection& connection, HttpResponse& response)>;
/** A piece of the body. @return 0, otherwise the connection is broken off */
using RequestBodyDelegate = Delegate<int(HttpConnection& connection, const char* at, size_t length)>;
/**
 * The request is over. @param successful a whole response arrived and its status is 2xx or 3xx
 * @return 0, otherwise the connection is closed
 */
using RequestCompletedDelegate = Delegate<int(HttpConnection& connection, bool successful)>;

class HttpRequest : public Memory::Tagged<Memory::Tag::network>
{
public:
	/** Called with the TLS session before it connects for this request, to set pins and options. */
	using SslInitDelegate = Delegate<void(Ssl::Session& session, HttpRequest& request)>;

	HttpRequest() = default;
	HttpRequest(const Url& uri) : uri(uri)
	{
	}
	/** A copy without streams. */
	HttpRequest(const HttpRequest& other);
	HttpRequest& operator=(const HttpRequest&) = delete;
	~HttpRequest()
	{
		reset();
	}

	/** A copy without streams on the heap; nullptr when there is no memory. */
	HttpRequest* clone() const
	{
		return new HttpRequest(*this);
	}

	HttpRequest* setURL(const Url& uri)
	{
		this->uri = uri;
		return this;
	}
	HttpRequest* setMethod(HttpMethod method)
	{
		this->method = method;
		return this;
	}
	HttpRequest* setHeaders(const HttpHeaders& headers)
	{
		complete = this->headers.setMultiple(headers) && complete;
		return this;
	}
	HttpRequest* setHeader(const String& name, const String& value)
	{
		complete = headers.set(name, value) && complete;
		return this;
	}
	/** Send a form (application/x-www-form-urlencoded) with this and other parameters. */
	HttpRequest* setPostParameter(const String& name, const String& value)
	{
		complete = postParams.set(name, value) && complete;
		return this;
	}

	/** Value of a header; null when it is not set. */
	const String& getHeader(const String& name) const
	{
		return headers[name];
	}
	const String& getPostParameter(const String& name) const
	{
		return postParams.find(name);
	}
	String getQueryParameter(const String& name, const String& defaultValue = nullptr) const
	{
		return uri.getQueryParam(name, defaultValue);
	}

	/** Take the body out as text; null when there is none or its stream cannot give it. */
	String getBody()
	{
		String text;
		if(bodyStream != nullptr) {
			bodyStream->moveString(text);
		}
		return text;
	}
	/** nullptr without a body and once the request was sent. */
	IDataSourceStream* getBodyStream()
	{
		return bodyStream;
	}

	/** @name Body to be sent */
	HttpRequest* setBody(const String& body)
	{
		complete = complete && !body.isFailed();
		return setBody(reinterpret_cast<const uint8_t*>(body.c_str()), body.length());
	}
	HttpRequest* setBody(String&& body) noexcept;
	/** The request owns the stream. One that does not know its size is sent in chunks (RFC 9112 §7.1). */
	HttpRequest* setBody(IDataSourceStream* stream);
	HttpRequest* setBody(const uint8_t* rawData, size_t length);

	/** Where the body of the response goes, instead of memory. The request owns the stream. */
	HttpRequest* setResponseStream(ReadWriteStream* stream);
	ReadWriteStream* getResponseStream()
	{
		return responseStream;
	}

	HttpRequest* onHeadersComplete(RequestHeadersCompletedDelegate delegate)
	{
		headersCompletedDelegate = delegate;
		return this;
	}
	/** Without a response stream, the body then goes to the delegate only. */
	HttpRequest* onBody(RequestBodyDelegate delegate)
	{
		requestBodyDelegate = delegate;
		return this;
	}
	HttpRequest* onRequestComplete(RequestCompletedDelegate delegate)
	{
		requestCompletedDelegate = delegate;
		return this;
	}
	HttpRequest* onSslInit(SslInitDelegate delegate)
	{
		sslInitDelegate = delegate;
		return this;
	}

	/** Forget streams and parameters. */
	void reset();

	/** Request line and headers, for people. */
	String toString() const;
	static String toString(const HttpRequest& request)
	{
		return request.toString();
	}

	Url uri;
	HttpMethod method = HTTP_GET;
	HttpHeaders headers;
	HttpParams postParams;

	/**
	 * How often to try again after a connection failed before any of the response arrived. A kept-alive
	 * connection that the server closed meanwhile is replaced once in any case. Requests with a body stream are
	 * not repeated.
	 */
	int retries = 0;

	void* args = nullptr; ///< for the application

private:
	friend class HttpClientConnection;

	/* A request with a part missing, a header with a password for instance, would ask for something else. */
	bool isComplete() const
	{
		return complete && uri.isComplete() && headers.isComplete() && postParams.isComplete();
	}

	bool useSsl() const
	{
		return uri.getScheme() == URI_SCHEME_HTTP_SECURE;
	}

	RequestHeadersCompletedDelegate headersCompletedDelegate;
	RequestBodyDelegate requestBodyDelegate;
	RequestCompletedDelegate requestCompletedDelegate;
	SslInitDelegate sslInitDelegate;
	IDataSourceStream* bodyStream = nullptr;
	ReadWriteStream* responseStream = nullptr;
	HttpRequest* next = nullptr; ///< in the queue of a connection
	bool complete = true;		 ///< false: memory ran out in a setter
};

inline String toString(const HttpRequest& request)
{
	return request.toString();
}
