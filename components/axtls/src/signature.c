#include "signature.h"
#include "pss.h"
#include "write.h"
#include <string.h>

/** Room for an ECDSA signature in ASN.1 on P-521. */
#define MAX_ECDSA 139

static const unsigned char *hash_oid(unsigned id)
{
	return id == br_sha256_ID ? BR_HASH_OID_SHA256 : id == br_sha384_ID ? BR_HASH_OID_SHA384 : BR_HASH_OID_SHA512;
}

static bool can_sign(const axtls_crypto *crypto, const axtls_identity *identity, const scheme *s)
{
	const br_hash_class *hash_class = hash_by_id(crypto, s->hash);
	if (hash_class == NULL) {
		return false;
	}
	switch (s->kind) {
	case SCHEME_ECDSA:
		return identity->ec != NULL && crypto->ec != NULL && crypto->ecdsa_sign != NULL;
	case SCHEME_PSS:
		return identity->rsa != NULL && crypto->rsa_private != NULL && pss_fits(hash_class, identity->rsa->n_bitlen);
	default:
		return identity->rsa != NULL && crypto->rsa_sign != NULL;
	}
}

uint8_t signature_choose(const axtls_crypto *crypto, const axtls_identity *identity, uint16_t mask)
{
	uint8_t row = 0;
	while (row < SCHEME_COUNT && ((mask >> row & 1) == 0 || !can_sign(crypto, identity, &scheme_table[row]))) {
		row++;
	}
	return row;
}

axtls_error signature_make(axtls_engine *engine, const uint8_t *hash, size_t hash_length)
{
	axtls_handshake *hs = engine->hs;
	const axtls_crypto *crypto = engine->settings->crypto;
	const scheme *s = &scheme_table[hs->scheme];
	const axtls_identity *identity = hs->identity;
	const br_hash_class *hash_class = hash_by_id(crypto, s->hash);
	size_t size = s->kind == SCHEME_ECDSA ? MAX_ECDSA : (identity->rsa->n_bitlen + 7) / 8;

	hs->signature = tls_allocate(engine, size, AXTLS_MEMORY_HANDSHAKE);
	if (hs->signature == NULL) {
		return AXTLS_ERROR_MEMORY;
	}
	hs->signature_size = (uint16_t)size;
	switch (s->kind) {
	case SCHEME_ECDSA:
		size = crypto->ecdsa_sign(crypto->ec, hash_class, hash, identity->ec, hs->signature);
		break;
	case SCHEME_PSS:
		if (!pss_sign(crypto->rsa_private, identity->rsa, hash_class, hash, engine->settings->random, hs->signature)) {
			size = 0;
		}
		break;
	default:
		if (!crypto->rsa_sign(hash_oid(s->hash), hash, hash_length, identity->rsa, hs->signature)) {
			size = 0;
		}
		break;
	}
	hs->signature_length = (uint16_t)size;
	return size == 0 ? AXTLS_ERROR_INTERNAL : AXTLS_ERROR_NONE;
}

void signature_release(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	tls_release(engine, hs->signature, hs->signature_size, AXTLS_MEMORY_HANDSHAKE);
	hs->signature = NULL;
}

void put_signature(axtls_engine *engine)
{
	const axtls_handshake *hs = engine->hs;
	put_number(engine, scheme_table[hs->scheme].id, 2);
	put_vector_of(engine, 2, hs->signature, hs->signature_length);
}

axtls_error signature_read(axtls_engine *engine, cursor *bytes, const scheme **used, cursor *signature)
{
	size_t row = scheme_find(cursor_u16(bytes));
	*signature = cursor_vector(bytes, 2);
	if (!cursor_is_done(bytes)) {
		return AXTLS_ERROR_DECODE;
	}
	if (row == SCHEME_COUNT || (scheme_verify_mask(engine->settings->crypto) >> row & 1) == 0 ||
		scheme_key_type(&scheme_table[row]) != engine->hs->peer_key->key_type) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	*used = &scheme_table[row];
	return AXTLS_ERROR_NONE;
}

static axtls_error verdict(bool good)
{
	return good ? AXTLS_ERROR_NONE : AXTLS_ERROR_BAD_SIGNATURE;
}

axtls_error signature_verify(axtls_engine *engine, const scheme *used, const uint8_t *hash, size_t hash_length,
							 const cursor *signature)
{
	const axtls_crypto *crypto = engine->settings->crypto;
	const br_x509_pkey *key = engine->hs->peer_key;

	if (used->kind == SCHEME_ECDSA) {
		return verdict(
			crypto->ecdsa_vrfy(crypto->ec, hash, hash_length, &key->key.ec, signature->at, signature->left) != 0);
	}
	if (used->kind == SCHEME_PKCS1) {
		uint8_t found[MAX_HASH];
		return verdict(crypto->rsa_vrfy(signature->at, signature->left, hash_oid(used->hash), hash_length,
										&key->key.rsa, found) != 0 &&
					   memcmp(found, hash, hash_length) == 0);
	}
	/* The RSA core works in place */
	size_t length = signature->left;
	if (length == 0 || length > MAX_SIGNATURE) {
		return AXTLS_ERROR_BAD_SIGNATURE;
	}
	uint8_t *copy = tls_allocate(engine, length, AXTLS_MEMORY_HANDSHAKE);
	if (copy == NULL) {
		return AXTLS_ERROR_MEMORY;
	}
	memcpy(copy, signature->at, length);
	bool good = pss_verify(crypto->rsa_public, &key->key.rsa, hash_by_id(crypto, used->hash), hash, copy, length);
	tls_release(engine, copy, length, AXTLS_MEMORY_HANDSHAKE);
	return verdict(good);
}
