/**
 * HttpParser: http-parser with what it needs around it: limits, whole header fields instead of fragments, and a
 * life of its own. A callback may delete the connection while the parser is on the stack; release() then leaves
 * the object to the function that runs it.
 */
#pragma once

#include <Memory.h>
#include <Network/Http/HttpCommon.h>
#include <Network/Http/HttpHeaders.h>

class HttpConnection;
struct HttpParserEngine;

class HttpParser : public Memory::Tagged<Memory::Tag::network>
{
public:
	/** @return nullptr when there is no memory */
	static HttpParser* create(HttpConnection& owner, bool forRequests);

	/** The owner does not want to hear any more. Deletes the object, at once or when it is off the stack. */
	void release();

	/**
	 * Parse bytes. Callbacks go to the owner.
	 * @return false when the message is malformed or a callback refused; see getError()
	 */
	bool execute(const char* data, size_t length);

	/** The peer ended the connection: ends a body that has no other end. @return false when something is missing */
	bool finish();

	HttpError getError() const;
	/** Status of a response. */
	HttpStatus getStatus() const;
	/** Method of a request. */
	HttpMethod getMethod() const;
	/** True if the connection can serve another message after this one. */
	bool shouldKeepAlive() const;
	/** True if the peer changed the protocol (101), or asks for it: what follows is no HTTP. */
	bool isUpgrade() const;
	/** In onHeadersComplete(): go on with HTTP, as a server may that does not want to change (RFC 9110 §7.8). */
	void ignoreUpgrade();
	/** Minor version of HTTP/1. */
	unsigned getMinorVersion() const;
	/** In onHeadersComplete(): the body's length as announced, 0 without, meaningless when chunked. */
	uint64_t getContentLength() const;
	/** Bytes of the last execute() that were parsed; what follows belongs to the new protocol. */
	size_t getParsed() const
	{
		return parsed;
	}
	/** True once the first byte of a message was seen, until its last. */
	bool isInMessage() const
	{
		return inMessage;
	}

private:
	friend struct HttpParserEngine;

	HttpParser() = default;
	~HttpParser();

	bool storeField();

	HttpConnection* owner = nullptr;
	HttpParserEngine* engine = nullptr;
	HttpHeaders headers;
	String fieldName;
	String fieldValue;
	String url;
	size_t parsed = 0;
	bool inValue = false;
	bool inMessage = false;
	bool running = false;
};
