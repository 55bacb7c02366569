/**
 * Ssl::Resumption: what a client keeps of a session, so that the next connection to the same server needs no
 * public-key operations (RFC 5246 §7.3).
 *
 *     auto kept = session.takeResumption();      // at the end of a connection
 *     …
 *     next.setResumption(kept);                  // before start()
 *
 * It is used only where it stands for the same trust as a full handshake now would: same host name and port, a suite
 * and version that are still allowed, and
 * - with validators: one of them accepts the remembered certificate now;
 * - without: the chain was checked then, against the same anchors, and the certificate is valid now.
 * Otherwise start() leaves it unused and a full handshake takes place. Sessions with a client certificate are not
 * resumed (see SessionCache.h). Master secret and ticket are wiped on destruction.
 *
 * The server knows the session by its id or by a ticket (RFC 5077), which holds all that the server needs. A ticket takes
 * as many bytes as the server likes, usually 160 to 240, at most 1024, in a block of its own; without memory for it the
 * session is known by its id, if it has one. However often the server renews the ticket: maxAge after the full handshake
 * the session is over.
 */
#pragma once

#include "SessionCache.h"
#include <Crypto/Sha2.h>

namespace Ssl
{
class Certificate;
class Connection;
class PeerCertificate;
class Session;

class Resumption : public Memory::Tagged<Memory::Tag::sessionCache>
{
public:
	~Resumption();
	Resumption(const Resumption&) = delete;
	Resumption& operator=(const Resumption&) = delete;

	/** What an established session can be resumed by; nullptr when it cannot, or there is no memory. */
	static Resumption* create(Session& session);

	/** True if `session`, about to start, may use it. Asks its validators. */
	bool fits(Session& session) const;

	const SessionParameters& getParameters() const
	{
		return parameters;
	}

	/** The server's ticket; nullptr: none, the session is known by its id. */
	const uint8_t* getTicket() const
	{
		return ticket;
	}

	size_t getTicketLength() const
	{
		return ticketLength;
	}

	/** A ticket that the server gave in `connection` takes the place of an earlier one. */
	void takeTicket(Connection& connection);

	/** The server's certificate, as remembered. Whoever shares it releases it. */
	PeerCertificate* shareCertificate() const;

private:
	using Hash = Crypto::Sha256::Hash;

	Resumption() = default;
	static Hash getOrigin(const Session& session);

	SessionParameters parameters;
	Hash origin{};  ///< of host name and port
	Hash anchors{}; ///< of the trust anchors that the chain was checked against
	PeerCertificate* certificate = nullptr;
	uint8_t* ticket = nullptr;
	uint32_t born = 0; ///< seconds of uptime
	uint16_t ticketLength = 0;
	bool chainChecked = false;
};

} // namespace Ssl
