/** Ssl::KeyMaterial: a decoded private key and its certificate chain, shared by KeyCertPairs. Private to the adapters. */
#pragma once

#include "KeySource.h"
#include <Network/Ssl/Error.h>
#include <bearssl.h>
#include <cstddef>
#include <cstdint>

namespace Ssl
{
struct KeyMaterial {
	/** Our own and its issuers; longer chains are refused. Browsers' limits are near 10, public CAs need 3. */
	static constexpr size_t maxChain = 8;

	KeyMaterial* next; ///< of those that are held anywhere
	KeySource source;  ///< all that it was made from
	uint32_t references;
	int keyType; ///< BR_KEYTYPE_RSA or BR_KEYTYPE_EC
	union {
		br_rsa_private_key rsa;
		br_ec_private_key ec;
	} key;
	uint8_t* keyData; ///< numbers of the key, on the heap
	size_t chainLength;
	br_x509_certificate chain[maxChain]; ///< each on the heap

	/**
	 * Decode, and check that the two belong together; or find what was decoded from the same bytes and is still held.
	 * @param result receives nullptr on failure
	 */
	static Error create(const uint8_t* key, size_t keyLength, const uint8_t* certificate, size_t certificateLength,
						const char* password, KeyMaterial*& result);

	/** The first of those that are held anywhere; nullptr when there is none. */
	static KeyMaterial* first();

	/** Put it in front of them. */
	static void enlist(KeyMaterial* material);

	/** Drop a reference; the last one wipes and releases everything. */
	static void release(KeyMaterial* material);
};

} // namespace Ssl
