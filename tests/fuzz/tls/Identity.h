/** Keys for one run of a program: made in memory from a fixed text, so that they are the same each time. */
#pragma once

#include <Network/Ssl/KeyCertPair.h>

namespace Fuzz
{
/** P-256; the certificate is signed by nobody. */
const Ssl::KeyCertPair& ecIdentity();

/** RSA-2048. Finding the primes takes a moment at the first call. */
const Ssl::KeyCertPair& rsaIdentity();

} // namespace Fuzz
