/**
 * Ssl::Connection: an engine's side of one session. Sans-I/O: ciphertext and plaintext pass through memory.
 *
 * An adapter implements it; Session pumps it and is the only caller of the second half. Contracts of the
 * pump's functions stand in Session.h.
 */
#pragma once

#include "Alert.h"
#include "Certificate.h"
#include "CipherSuite.h"
#include "SessionCache.h"
#include <Memory.h>
#include <Print.h>
#include <Printable.h>

namespace Ssl
{
class PeerCertificate;

class Connection : public Memory::Tagged<Memory::Tag::session>, public Printable
{
public:
	virtual ~Connection() = default;
	Connection() = default;
	Connection(const Connection&) = delete;
	Connection& operator=(const Connection&) = delete;

	/* What an application may ask */

	/** True once both Finished messages were accepted; stays true afterwards. */
	virtual bool isHandshakeDone() const = 0;

	/** Suite that was agreed on; NULL_WITH_NULL_NULL before that. */
	virtual CipherSuite getCipherSuite() const = 0;

	/** Id given by the server, in the first handshake if it was resumed; empty when it gave none or before that. */
	virtual SessionId getSessionId() const = 0;

	/** Protocol version that was agreed on, e.g. 0x0303 for TLS 1.2; 0 before that. */
	virtual uint16_t getVersion() const = 0;

	/** The peer's certificate; owned by the connection, nullptr when there is none (yet). */
	virtual const Certificate* getCertificate() const = 0;

	/** Protocol agreed on by ALPN, "" when there is none. Owned by the connection. */
	virtual const char* getAlpnProtocol() const
	{
		return "";
	}

	/** True if the handshake resumed an earlier session; the certificate is then the remembered one. */
	virtual bool isResumed() const
	{
		return false;
	}

	/** Cipher suite, certificate and session id. */
	size_t printTo(Print& p) const override;

	/* For Session only: resumption */

	/** What the session can be resumed by. @return false before the handshake is done, or if the engine cannot resume */
	virtual bool getParameters(SessionParameters&) const
	{
		return false;
	}

	/**
	 * Client: the ticket that the server gave (RFC 5077), out of the connection; after getParameters(). Engines without
	 * tickets have none.
	 * @param length of the ticket
	 * @return for the caller to Memory::release(); nullptr when there is none (any more)
	 */
	virtual uint8_t* takeTicket(size_t& length)
	{
		length = 0;
		return nullptr;
	}

	/** The peer's certificate once more, for the caller to PeerCertificate::release(); nullptr when there is none. */
	virtual PeerCertificate* shareCertificate()
	{
		return nullptr;
	}

	/* The pump: for Session only */

	/** Take ciphertext. @return bytes consumed */
	virtual size_t feed(const uint8_t* data, size_t length) = 0;

	/** See Session::feedInPlace(). An engine that always copies has no use for it. */
	virtual size_t feedInPlace(uint8_t* data, size_t length)
	{
		return feed(data, length);
	}
	virtual void keepInput()
	{
	}

	/** Ciphertext to be sent. */
	virtual size_t peekOutput(const uint8_t*& data) = 0;
	virtual void consumeOutput(size_t length) = 0;

	/** Plaintext that arrived. */
	virtual size_t peekInput(const uint8_t*& data) = 0;
	virtual void consumeInput(size_t length) = 0;

	/** Plaintext to be sent. @return bytes taken, 0 while the record buffer is full */
	virtual size_t write(const uint8_t* data, size_t length) = 0;

	/** Make a record of what was written. */
	virtual void flush() = 0;

	/** Queue close_notify. */
	virtual void close() = 0;

	/**
	 * Queue one fatal alert, encrypted when keys are on, and end. Output that waits goes out before it.
	 * Alert::none ends without a word.
	 */
	virtual void abort(Alert alert) = 0;

	/** True when the peer's close_notify was seen. */
	virtual bool isPeerClosed() const = 0;

	/** True when nothing more will come in or go out, apart from what peekOutput() still offers. */
	virtual bool isClosed() const = 0;

	/** Release what only a handshake needs. Called once, after it ended. */
	virtual void endHandshake() = 0;
};

} // namespace Ssl
