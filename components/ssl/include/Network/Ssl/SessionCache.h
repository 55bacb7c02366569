/**
 * Ssl::SessionCache: sessions that a server can resume (RFC 5246 §7.3, session ids), shared by its connections.
 *
 * A resumed handshake costs no public-key operation: a fiftieth of a full one on a chip. The price is memory (about
 * 120 bytes a session, Memory::Tag::sessionCache) and that the keys of remembered sessions lie in it: whoever reads
 * the memory can decrypt recorded connections of the last maxAge. They are wiped when they leave the cache.
 *
 * BearSSL has no extended master secret (RFC 7627). Without it two sessions may share one secret if an attacker
 * stands between (the "triple handshake"), which matters where a resumed session inherits the identity that a client
 * proved. Therefore no session with a client certificate is ever put into a cache.
 */
#pragma once

#include "SessionId.h"
#include <Memory.h>
#include <cstddef>
#include <cstdint>

namespace Ssl
{
/** What both sides remember of a session. Wiped on destruction. */
struct SessionParameters {
	static constexpr size_t secretLength = 48;

	SessionId id;
	uint16_t version = 0;
	uint16_t cipherSuite = 0;
	uint8_t masterSecret[secretLength]{};
	bool extendedMasterSecret = false; ///< RFC 7627; Axtls resumes no session without, BearSSL has none with
	uint64_t nameHash = 0;			   ///< Axtls: of the name that SNI gave; a session is for that name only

	SessionParameters() = default;
	~SessionParameters()
	{
		Memory::wipe(masterSecret, sizeof(masterSecret));
	}
	SessionParameters(const SessionParameters&) = default;
	SessionParameters& operator=(const SessionParameters&) = default;
};

class SessionCache
{
public:
	/** Seconds after which a session is forgotten; RFC 5246 §F.1.4 advises a day at most. */
	static constexpr uint32_t maxAge = 24 * 60 * 60;

	SessionCache() = default;
	~SessionCache()
	{
		clear();
	}
	SessionCache(const SessionCache&) = delete;
	SessionCache& operator=(const SessionCache&) = delete;

	/**
	 * Remember a session. The one that was not used for the longest time goes when there are `capacity` already.
	 * Without memory nothing is remembered.
	 */
	void add(const SessionParameters& parameters, size_t capacity);

	/** Look up `parameters.id` and fill in the rest. @return false when it is not known (any more) */
	bool find(SessionParameters& parameters);

	/** Forget one session. */
	void remove(const SessionId& id);

	/** Forget all. */
	void clear();

	size_t count() const;

private:
	struct Entry;

	static void release(Entry*& link);
	Entry** lookUp(const SessionId& id);

	Entry* first = nullptr; ///< the one that was used last
};

} // namespace Ssl
