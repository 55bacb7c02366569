/**
 * protection.h: one direction's record protection (RFC 5246 §6.2.3, RFC 5288, RFC 7366, RFC 7905).
 *
 * It knows keys and sequence numbers, and nothing about handshakes. TLS 1.3's would be one more class.
 */
#ifndef AXTLS_PROTECTION_H
#define AXTLS_PROTECTION_H

#include "suites.h"
#include <axtls/crypto.h>
#include <axtls/memory.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_MAC 48 /**< SHA-384 */
/** Bytes after the plaintext at most: SHA-384's MAC and a block of padding. */
#define PROTECTION_SUFFIX (48 + 16)

typedef struct protection_ protection;

/** Secrets of one direction; the lengths are those of the suite. */
typedef struct {
	const uint8_t *mac;
	const uint8_t *key;
	const uint8_t *iv;
} protection_secrets;

/** @return NULL without memory. `random` is for CBC's initialisation vectors and must stay. */
protection *protection_new(const axtls_memory *memory, const axtls_crypto *crypto, const br_prng_class **random,
						   const suite *chosen, bool encrypt_then_mac, bool outgoing,
						   const protection_secrets *secrets);
void protection_free(protection *p, const axtls_memory *memory);

/** Bytes between record header and plaintext: the explicit nonce. */
size_t protection_prefix(const protection *p);

/** Length of the protected fragment for so much plaintext. */
size_t protection_length(const protection *p, size_t plaintext_length);

/**
 * Protect in place.
 * @param record its header is at record[-5] and is not touched; the plaintext follows the prefix; there is room for
 *        PROTECTION_SUFFIX bytes after it
 * @return length of the protected fragment, prefix included
 */
size_t protection_seal(protection *p, uint8_t type, uint8_t *record, size_t plaintext_length);

/**
 * Remove protection in place.
 * @param start,plaintext_length where the plaintext is, if all is well
 * @return false for anything that is wrong; which it was is not told, neither by time
 */
bool protection_open(protection *p, uint8_t type, uint8_t *record, size_t length, size_t *start,
					 size_t *plaintext_length);

#endif
