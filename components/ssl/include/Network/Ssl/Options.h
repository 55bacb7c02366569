/** Ssl::Options: switches of a session. */
#pragma once

#include <WString.h>

namespace Ssl
{
struct Options {
	bool sessionResume : 1;				///< keep the session id and try to resume with it (RFC 5246 §7.3)
	bool clientAuthentication : 1;		///< server: require a client certificate and verify it
	bool verifyLater : 1;				///< let validators, if any, judge after the handshake; without any: accept unverified, with a warning in the log
	bool freeKeyCertAfterHandshake : 1; ///< release the key and certificate once the handshake is done

	Options() : sessionResume(false), clientAuthentication(false), verifyLater(false), freeKeyCertAfterHandshake(false)
	{
	}

	/** Names of the options that are set, separated by ", ". */
	String toString() const;
};

} // namespace Ssl
