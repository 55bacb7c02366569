/** Which of BearSSL's implementations a session uses: the one table of them. */
#pragma once

#include <Network/Ssl/CipherSuite.h>
#include <bearssl_ssl.h>

namespace Ssl
{
/**
 * Set cipher suites and everything they need: hashes, PRF, record protection, key agreement and signatures.
 * Suites that BearSSL does not have are left out, and static ECDH and 3DES even if asked for.
 * @param legacyVersions also what TLS 1.0 and 1.1 need
 * @return false when no suite is left
 */
bool setAlgorithms(br_ssl_engine_context& engine, const CipherSuites::Array& suites, bool legacyVersions);

} // namespace Ssl
