/**
 * Frames of WebSocket (RFC 6455 §5) without any I/O: a parser for what a peer sends and a writer of headers.
 *
 * The parser reports everything §5 and §8.1 call an error, at the first byte that shows it; it holds no message, only
 * the header and, for control frames, the payload.
 */
#pragma once

#include <cstddef>
#include <cstdint>

/** What a frame carries; the numbers are its opcode (RFC 6455 §11.8). */
enum ws_frame_type_t : uint8_t {
	WS_FRAME_CONTINUATION = 0x0, ///< the next piece of a message
	WS_FRAME_TEXT = 0x1,		 ///< UTF-8
	WS_FRAME_BINARY = 0x2,
	WS_FRAME_CLOSE = 0x8,
	WS_FRAME_PING = 0x9,
	WS_FRAME_PONG = 0xA,
};

namespace Websocket
{
/** Why a connection is closed (RFC 6455 §7.4). Others from 3000 to 4999 belong to libraries and applications. */
namespace Close
{
constexpr uint16_t normal = 1000;
constexpr uint16_t goingAway = 1001;	 ///< the server ends, or a browser leaves the page
constexpr uint16_t protocolError = 1002;
constexpr uint16_t unsupported = 1003;	 ///< a type of data that cannot be handled
constexpr uint16_t noStatus = 1005;		 ///< never sent: the close frame had no code
constexpr uint16_t abnormal = 1006;		 ///< never sent: the connection ended without a close frame
constexpr uint16_t invalidPayload = 1007; ///< text that is not UTF-8
constexpr uint16_t policyViolation = 1008;
constexpr uint16_t messageTooBig = 1009;
constexpr uint16_t internalError = 1011;
} // namespace Close

/** True for a code that may stand in a close frame. */
bool isCloseCode(uint16_t code);

/** Bytes of a control frame's payload at most (RFC 6455 §5.5). */
constexpr size_t maxControlLength = 125;

/** Bytes of a header at most: 2, 8 of length, 4 of mask. */
constexpr size_t maxHeaderLength = 14;

/** Checks UTF-8 as it arrives (RFC 3629): no surrogates, nothing overlong, nothing beyond U+10FFFF. */
class Utf8Check
{
public:
	/** @return false as soon as no continuation can make it valid */
	bool feed(const uint8_t* data, size_t length);
	/** False within a character. */
	bool isComplete() const
	{
		return missing == 0;
	}
	void reset()
	{
		missing = 0;
	}

private:
	uint8_t missing = 0; ///< bytes of the character that are to come
	uint8_t lowest = 0;	 ///< range of the next one
	uint8_t highest = 0;
};

/** XOR data with a masking key (RFC 6455 §5.3). @param position of `data` in the payload */
void applyMask(uint8_t* data, size_t length, const uint8_t (&key)[4], size_t position = 0);

/**
 * Write the header of a frame.
 * @param key nullptr: not masked
 * @return its length
 */
size_t writeHeader(uint8_t (&header)[maxHeaderLength], ws_frame_type_t type, bool final, uint64_t length,
				   const uint8_t* key);

/** Takes frames (RFC 6455 §5.2) apart as their bytes arrive. */
class FrameParser
{
public:
	/** What a call has found. */
	enum class Kind : uint8_t {
		none,	 ///< all bytes were used, nothing to tell yet
		data,	 ///< a piece of a message, perhaps empty
		control, ///< a whole ping, pong or close
		error,	 ///< the peer broke the rules: `code` says how, and nothing more is parsed
	};

	/** What feed() found. */
	struct Item {
		Kind kind = Kind::none;
		ws_frame_type_t type = WS_FRAME_TEXT; ///< of the message, or of the control frame
		bool last = false;					  ///< data: the message is complete
		uint16_t code = 0;					  ///< error: to be sent; close: that was received, Close::noStatus if none
		uint8_t* data = nullptr;			  ///< payload, unmasked; of a close frame: its reason. Valid until the next call
		size_t length = 0;
	};

	/**
	 * Begin with the first frame of a connection.
	 * @param masked frames must be masked (a server's parser), otherwise they must not
	 * @param maxMessage bytes of a message, over all its fragments; more is an error (1009)
	 */
	void reset(bool masked, size_t maxMessage);

	/**
	 * Take bytes, up to the first thing there is to tell. After a close frame or an error everything is dropped.
	 * @param data is unmasked in place
	 * @return bytes used, at least 1 if `length` is not 0
	 */
	size_t feed(uint8_t* data, size_t length, Item& item);

	/** Drop everything until the next reset(). */
	void stop()
	{
		state = State::ended;
	}

	/** True once the peer broke the rules. */
	bool hasFailed() const
	{
		return failed;
	}

	/** False while a message of several frames is incomplete. */
	bool isBetweenMessages() const
	{
		return !inMessage;
	}

private:
	enum class State : uint8_t { header, payload, ended };

	void fail(Item& item, uint16_t code);
	bool parseHeader(Item& item);
	uint16_t checkHeader() const;
	void endControl(Item& item);
	void takeData(uint8_t* data, size_t length, Item& item);

	uint64_t left = 0;		///< bytes of the frame's payload to come
	size_t maxMessage = 0;
	size_t messageLength = 0; ///< of the message so far, with all of the current frame
	size_t position = 0;	///< in the frame's payload
	Utf8Check utf8;
	State state = State::header;
	ws_frame_type_t messageType = WS_FRAME_TEXT;
	bool masked = false;
	bool inMessage = false;
	bool failed = false;
	uint8_t have = 0; ///< bytes in `header`
	uint8_t header[maxHeaderLength];
	uint8_t key[4];
	uint8_t control[maxControlLength];
	uint8_t controlLength = 0;
};

} // namespace Websocket
