/**
 * Private keys that are encrypted with a password: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958 §3) with PBES2, that is
 * PBKDF2 and AES in CBC mode (RFC 8018 §5.2, §6.2). What generate-cert and `openssl pkcs8 -topk8` write. Private.
 */
#pragma once

#include <Network/Ssl/Error.h>
#include <cstddef>
#include <cstdint>

namespace Ssl
{
/**
 * Iterations of PBKDF2 beyond which a key is refused. OpenSSL and pyca/cryptography write 2048; on a chip of 80 MHz
 * 10,000 take about a second.
 */
constexpr uint32_t maxKeyIterations = 1000000;

/** True if DER data begins like an encrypted key; a key in the clear begins with a version number. */
bool isEncryptedKey(const uint8_t* der, size_t length);

/**
 * Decrypt.
 * @param password nullptr: none was given
 * @param key receives a block that the caller gives to Memory::wipeAndRelease(); nullptr on failure
 * @return keyPassword if it is missing or wrong (a wrong one may also show only when `key` is decoded), badKey for
 *         an algorithm that is not supported or data that cannot be parsed, noMemory
 */
Error decryptKey(const uint8_t* der, size_t length, const char* password, uint8_t*& key, size_t& keyLength);

} // namespace Ssl
