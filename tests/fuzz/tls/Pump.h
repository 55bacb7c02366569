/**
 * Runs one Ssl::Session over bytes in memory: fixed time and random numbers, so that the same input always takes the
 * same way. Plaintext that arrives is sent back.
 *
 * Besides memory safety it expects of the session: that it goes on (never takes nothing while it waits for nothing),
 * that its state only moves forward, that what it sends is made of well-formed records, that nothing follows a fatal
 * alert or close_notify, and that a client which must verify its server never gets through unverified.
 */
#pragma once

#include "TlsInput.h"
#include <Network/Ssl/Session.h>
#include <bearssl.h>
#include <memory>

namespace Fuzz
{
/** Called with what the session sends. */
using Sink = void (*)(const uint8_t* data, size_t length);

/** Follows the records of a session's output. */
class RecordWatch
{
public:
	void take(const uint8_t* data, size_t length);

	bool isBetweenRecords() const
	{
		return have == 0;
	}

private:
	void startRecord();

	uint8_t header[5];
	uint8_t body[2];	 ///< of a plain alert
	uint32_t have = 0;	 ///< bytes of the present record, its header included
	uint32_t length = 0; ///< of the present record without its header
	bool encrypted = false;
	bool ended = false; ///< a plain fatal alert or close_notify was sent
};

class Pump
{
public:
	Pump(Ssl::Role role, const TlsInput& input, Sink sink = nullptr);

	/** Begin the handshake. */
	bool start();

	/** Bytes from the peer. */
	void feed(Bytes bytes);

	/** The connection ends, in one way or another. */
	void end();

	Ssl::Session session;

	/** The best that the session has reached. */
	bool wasEstablished = false;

private:
	static bool getTime(const Ssl::Environment& self, int64_t& seconds);
	static bool getRandom(const Ssl::Environment& self, void* buffer, size_t length);
	void feedRecord(Bytes bytes);
	bool drain();
	void follow();

	const TlsInput& input;
	Sink sink;
	Ssl::Role role;
	Ssl::State lastState = Ssl::State::idle;
	Ssl::Environment environment;
	br_hmac_drbg_context random;
	RecordWatch watch;
};

/** Connections of one device one after the other, and what outlives them. */
class Connections
{
public:
	Connections(Ssl::Role role, const TlsInput& input);

	/** The next connection, not started yet; ends the former one. nullptr without memory. `sink` may be nullptr. */
	Pump* next(Sink sink);

private:
	Ssl::Role role;
	const TlsInput& input;
	Ssl::TrustAnchors anchors;
	Ssl::ServerShare share;
	std::unique_ptr<Pump> pump;
};

/** All that an input says, from beginning to end. */
void runConnections(Ssl::Role role, const TlsInput& input);

/**
 * Have a conversation with a real peer, which gets recorded: frames of a 4-byte length and that many bytes on stdin
 * (first the input's header and authority, then what the peer sends; an empty one: the next connection), answered on stdout by frames with what the
 * session sends, behind one byte with its state. @return exit status
 */
int record(Ssl::Role role);

} // namespace Fuzz
