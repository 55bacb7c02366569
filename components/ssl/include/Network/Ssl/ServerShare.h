/**
 * Ssl::ServerShare: what the connections of one server have in common, in memory and over time.
 *
 * Whoever owns a listening socket has one and hands it to each session (`session.serverShare = &share`) before the
 * init handler runs. It must outlive the sessions. On chips a program without any is linked without the engine's server.
 */
#pragma once

#include "KeyCertPair.h"
#include "SessionCache.h"

namespace Ssl
{
struct ServerShare {
	ServerShare();

	/** Sessions that can be resumed; used with options.sessionResume, bounded by the session's cacheSize. */
	SessionCache sessions;

	/**
	 * The pair that was used last. The init handler runs for every connection and assigns key and certificate from
	 * their source; as long as a pair decoded from the same bytes is held somewhere, it is found again and shared.
	 * Holding it here keeps the next connection from decoding (and decrypting) it anew. Not kept with
	 * options.freeKeyCertAfterHandshake.
	 */
	KeyCertPair keyCert;
};

} // namespace Ssl
