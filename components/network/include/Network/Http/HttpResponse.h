/** HttpResponse: status, headers and body of a response. */
#pragma once

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
		headers[HTTP_HEADER_CONTENT_TYPE] = type;
		return this;
	}
	HttpResponse* setHeader(const String& name, const String& value)
	{
		headers[name] = value;
		return this;
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
};

inline String toString(const HttpResponse& response)
{
	return response.toString();
}
