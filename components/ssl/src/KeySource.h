/** Ssl::KeySource: says whether a key pair was decoded from the same bytes, without keeping them. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Ssl
{
/** What KeyCertPair::assign() is given. */
struct KeyBytes {
	const uint8_t* key;
	size_t keyLength;
	const uint8_t* certificate;
	size_t certificateLength;
	const char* password; ///< may be nullptr
};

/**
 * A digest of KeyBytes. A server asks for it on every connection, where SHA-256 over key and certificate would be a
 * tenth of a resumed handshake's computation. So the digest is GHASH (NIST SP 800-38D §6.4), which takes next to
 * nothing: under a secret of its own, it gives two different inputs the same value with a probability of their length
 * in blocks of 16 bytes by 2^128. The secret comes from SHA-256 of what the digest was made of first, private key
 * included: whoever could foresee it has that key. Part of a block that is wiped with the key.
 */
class KeySource
{
public:
	/** Remember these. */
	void set(const KeyBytes& bytes);

	/** True if these are the same as set() got, each of them. */
	bool isOf(const KeyBytes& bytes) const;

private:
	static constexpr size_t blockSize = 16;

	void digest(const KeyBytes& bytes, uint8_t (&value)[blockSize]) const;

	uint8_t secret[blockSize];
	uint8_t own[blockSize];
};

} // namespace Ssl
