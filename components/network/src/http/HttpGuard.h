/**
 * HttpGuard: looks at the bytes of a request before http-parser does.
 *
 * It finds the end of each message, so that the parser never sees the next one before the response to this one, and
 * refuses what http-parser lets pass although two readers may understand it differently, which is what request
 * smuggling lives on (RFC 9112 §11.2): lines ended by LF alone, folded header lines, control characters, spaces
 * around a field's name, chunk extensions without end. It also enforces the limits, each with its status.
 *
 * The message's framing is told by the connection, setBody() or setChunked(), when the parser has read the head.
 */
#pragma once

#include <Memory.h>
#include <Network/Http/HttpCommon.h>

class HttpGuard : public Memory::Tagged<Memory::Tag::network>
{
public:
	/** Expect a new request. @param maxTarget characters of the request's target */
	void begin(size_t maxTarget);

	/**
	 * Look at received bytes.
	 * @return bytes up to the end of the head, or of the message, or `length`. With getError() set they are void.
	 */
	size_t check(const char* data, size_t length);

	/** What to answer to a request that is refused; 0 (no status) while all is well. */
	HttpStatus getError() const
	{
		return error;
	}

	/** True once a byte of a request was seen that is not an empty line before it. */
	bool hasBegun() const
	{
		return state != State::start && state != State::startLf;
	}

	/** @name After the head: what follows it */
	void setBody(uint64_t length);
	void setChunked();

private:
	enum class State : uint8_t {
		start,
		startLf,
		method,
		target,
		version,
		lineLf,
		fieldStart,
		fieldName,
		fieldValue,
		fieldLf,
		headLf,
		body,
		chunkStart,
		chunkSize,
		chunkExtension,
		chunkLf,
		chunkData,
		chunkDataCr,
		chunkDataLf,
		done,
	};

	void step(uint8_t c);
	void stepHead(uint8_t c);
	void stepChunk(uint8_t c);
	void stepVersion(uint8_t c);
	void endOfVersion();
	void refuse(HttpStatus status)
	{
		error = status;
	}

	uint64_t left = 0; ///< bytes of the body or chunk
	size_t maxTarget = 0;
	size_t count = 0;	  ///< characters of the current element
	size_t headBytes = 0; ///< of head or trailer
	size_t fields = 0;
	char version[9];
	State state = State::start;
	HttpStatus error{};
};
