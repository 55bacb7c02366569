/** signature.h: making and checking signatures of handshake messages, by rows of the scheme table. */
#ifndef AXTLS_SIGNATURE_H
#define AXTLS_SIGNATURE_H

#include "internal.h"

/** A scheme that the identity's key can sign with and that is in the mask; SCHEME_NONE if there is none. */
uint8_t signature_choose(const axtls_crypto *crypto, const axtls_identity *identity, uint16_t mask);

/**
 * Sign a hash with the handshake's identity and scheme; the result is in hs->signature until signature_release().
 */
axtls_error signature_make(axtls_engine *engine, const uint8_t *hash, size_t hash_length);
void signature_release(axtls_engine *engine);
/** Write the scheme and the signature (RFC 5246 §4.7). */
void put_signature(axtls_engine *engine);

/** Read scheme and signature; the scheme must be one that we verify and suit the peer's key. */
axtls_error signature_read(axtls_engine *engine, cursor *bytes, const scheme **used, cursor *signature);
/** @return AXTLS_ERROR_BAD_SIGNATURE if it does not verify */
axtls_error signature_verify(axtls_engine *engine, const scheme *used, const uint8_t *hash, size_t hash_length,
					  const cursor *signature);

#endif
