/**
 * Stand-ins for cryptography, so that an execution takes microseconds and whatever is changed on its way is parsed:
 * keys are exchanged by a group that adds numbers, signatures are a hash, a cipher does nothing.
 */
#pragma once

#include <axtls/crypto.h>

namespace Fuzz
{
/** Length of the toys' RSA keys, in bytes; the private key has no numbers in it. */
constexpr size_t toyModulusLength = 256;

/** Replace keys and signatures in `crypto` by toys, and ChaCha20-Poly1305 if `cipher`. Curves: those of X25519, P-256, P-384. */
void useToys(axtls_crypto& crypto, bool cipher);

/** Random numbers that are the same each time (a linear congruence). */
struct ToyRandom {
	const br_prng_class* vtable;
	uint32_t state;

	void init(uint32_t seed);
};

} // namespace Fuzz
