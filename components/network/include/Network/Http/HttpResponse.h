/**
 * HttpResponse: status, headers and body of a response.
 *
 * A server's application fills it in: what the send...() functions are given leaves after its callback has returned.
 */
#pragma once

#include "../WebConstants.h"
#include "HttpCommon.h"
#include "HttpHeaders.h"
#include <Data/Stream/ReadWriteStream.h>

class HttpResponse
{
public:
	HttpResponse() = default;
	HttpResponse(const HttpResponse&) = delete;
	HttpResponse& operator=(const HttpResponse&) = delete;
	~HttpResponse()
	{
		freeStreams();
	}

	HttpResponse* setContentType(const String& type)
	{
		incomplete = !headers.set(HTTP_HEADER_CONTENT_TYPE, type) || incomplete;
		return this;
	}
	HttpResponse* setContentType(MimeType type)
	{
		return setContentType(::toString(type));
	}
	HttpResponse* setHeader(const String& name, const String& value)
	{
		incomplete = !headers.set(name, value) || incomplete;
		return this;
	}

	/** Set-Cookie. @param append beside cookies that are set already, otherwise in their place */
	HttpResponse* setCookie(const String& name, const String& value, bool append = false);

	/** Let the client keep the response for so long. @param isPublic proxies, too */
	HttpResponse* setCache(int maxAgeSeconds = 3600, bool isPublic = false);

	/** Access-Control-Allow-Origin: scripts of which site may read the response; "*" of any. */
	HttpResponse* setAllowCrossDomainOrigin(const String& controlAllowOrigin)
	{
		return setHeader(F("Access-Control-Allow-Origin"), controlAllowOrigin);
	}

	/** @name Body. The last one counts. @return false when it could not be set: the response is then an error */
	/** Append text to a body of text. */
	bool sendString(const String& text);
	bool sendString(String&& text) noexcept;

	/**
	 * A file, with a content type by its name; 404 when there is none.
	 * @param allowGzipFileCheck send "name.gz" (Content-Encoding: gzip) if it is there and the client takes it, or
	 *                           if it is all there is; with both there, Vary tells caches. "name.gz" itself is sent as
	 *                           an archive (application/gzip), unless the application has set Content-Encoding: then
	 *                           the type is that of "name"
	 */
	bool sendFile(const String& fileName, bool allowGzipFileCheck = true);

	/** A stream, owned by the response in any case, with a content type by its name, as with sendFile(). */
	bool sendNamedStream(IDataSourceStream* newDataStream);

	/**
	 * A stream, owned by the response in any case. One that does not know its size is sent in chunks.
	 * @param reqContentType null: as the stream says, or what is set already
	 */
	bool sendDataStream(IDataSourceStream* newDataStream, const String& reqContentType = nullptr);
	bool sendDataStream(IDataSourceStream* newDataStream, MimeType type)
	{
		return sendDataStream(newDataStream, ::toString(type));
	}

	/** Take the body out as text. Null when the stream cannot give it (an application's own) or there is none. */
	String getBody()
	{
		String text;
		if(stream != nullptr) {
			stream->moveString(text);
		}
		return text;
	}

	/** Back to the state of a new object. */
	void reset();

	/** Where a received body goes. The response owns the stream and deletes one that it has. */
	void setBuffer(ReadWriteStream* newBuffer);

	void freeStreams();

	/** Take the body out; the caller owns it. nullptr when there is none. */
	IDataSourceStream* takeStream();

	/** True if a part was lost for want of memory: it must not be sent. */
	bool isIncomplete() const
	{
		return incomplete;
	}

	/** True for 2xx and 3xx. */
	bool isSuccess() const
	{
		return code >= HTTP_STATUS_OK && code < HTTP_STATUS_BAD_REQUEST;
	}

	/** Status line and headers, for people. */
	String toString() const;

	HttpStatus code = HTTP_STATUS_OK;
	HttpHeaders headers;
	ReadWriteStream* buffer = nullptr;   ///< where a received body is written
	IDataSourceStream* stream = nullptr; ///< where the body can be read; may be the same object

	bool acceptsGzip = true; ///< the client understands Content-Encoding: gzip

private:
	void dropBody();
	String typeOf(const String& fileName) const;

	bool incomplete = false;
	bool encoded = false; ///< Content-Encoding was set by sendFile()
};

inline String toString(const HttpResponse& response)
{
	return response.toString();
}
