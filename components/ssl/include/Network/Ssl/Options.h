/** Ssl::Options: switches of a session. */
#pragma once

#include <WString.h>

namespace Ssl
{
struct Options {
	bool sessionResume : 1;				///< resume sessions (RFC 5246 §7.3): see Session::takeResumption() and ServerShare
	bool clientAuthentication : 1;		///< server: require a client certificate and verify it
	bool verifyLater : 1;				///< let validators, if any, judge after the handshake; without any: accept unverified, with a warning in the log
	bool freeKeyCertAfterHandshake : 1; ///< release the key and certificate once the handshake is done

	bool legacyVersions : 1;			///< also TLS 1.0 and 1.1, which are broken (RFC 8996); needs CipherSuites::full

	Options()
		: sessionResume(false), clientAuthentication(false), verifyLater(false), freeKeyCertAfterHandshake(false),
		  legacyVersions(false)
	{
	}

	/** Names of the options that are set, separated by ", ". */
	String toString() const;
};

} // namespace Ssl
