#include "KeySource.h"
#include <Crypto/Sha2.h>
#include <Memory.h>
#include <bearssl.h>
#include <cstring>

namespace Ssl
{
namespace
{
size_t passwordLength(const KeyBytes& bytes)
{
	return bytes.password == nullptr ? 0 : strlen(bytes.password);
}

/* Asking the processor what it can do takes tens of microseconds on a virtual machine: what was chosen is kept. */
br_ghash getGhash()
{
	static br_ghash chosen;
	if(chosen == nullptr) {
		chosen = br_ghash_pclmul_get();
	}
	if(chosen == nullptr) {
		chosen = sizeof(size_t) > 4 ? &br_ghash_ctmul64 : &br_ghash_ctmul32;
	}
	return chosen;
}

} // namespace

void KeySource::set(const KeyBytes& bytes)
{
	Crypto::Sha256 hash;
	hash.update(bytes.key, bytes.keyLength).update(bytes.certificate, bytes.certificateLength);
	auto result = hash.getHash();
	static_assert(sizeof(result) >= sizeof(secret), "SHA-256 fills it");
	memcpy(secret, result.data(), sizeof(secret));
	Memory::wipe(&result, sizeof(result));
	Memory::wipe(&hash, sizeof(hash));
	digest(bytes, own);
}

bool KeySource::isOf(const KeyBytes& bytes) const
{
	uint8_t value[blockSize];
	digest(bytes, value);
	const bool same = memcmp(value, own, sizeof(value)) == 0;
	Memory::wipe(value, sizeof(value));
	return same;
}

/* Each part is padded with zeros to whole blocks; the lengths at the end keep one from passing for part of another. */
void KeySource::digest(const KeyBytes& bytes, uint8_t (&value)[blockSize]) const
{
	const auto ghash = getGhash();
	const uint64_t lengths[] = {bytes.keyLength, bytes.certificateLength, passwordLength(bytes)};
	memset(value, 0, sizeof(value));
	ghash(value, secret, bytes.key, bytes.keyLength);
	ghash(value, secret, bytes.certificate, bytes.certificateLength);
	ghash(value, secret, bytes.password, passwordLength(bytes));
	ghash(value, secret, lengths, sizeof(lengths));
}

} // namespace Ssl
