/** ClientKeyExchange (RFC 5246 §7.4.7, RFC 8422 §5.7), written by a client. */
#include "key_share.h"
#include "keys.h"
#include "messages.h"
#include "write.h"
#include <string.h>

static void put_point(axtls_engine *engine)
{
	put_vector_of(engine, 1, engine->hs->point, engine->hs->point_length);
}

static axtls_error write_point(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	uint8_t peer[MAX_POINT];
	size_t peer_length = hs->point_length;

	memcpy(peer, hs->point, peer_length);
	hs->point_length = (uint8_t)key_share_make(engine, hs->point);
	if (hs->point_length == 0) {
		return AXTLS_ERROR_INTERNAL;
	}
	bool good = key_share_agree(engine, peer, peer_length);
	axtls_wipe(peer, sizeof(peer));
	return good ? write_message(engine, CLIENT_KEY_EXCHANGE, put_point) : AXTLS_ERROR_ILLEGAL_PARAMETER;
}

static void put_encrypted(axtls_engine *engine)
{
	put_vector_of(engine, 2, engine->hs->signature, engine->hs->signature_length);
}

/** PKCS#1 v1.5 encryption (RFC 8017 §7.2.1): 00 02 random-without-zeros 00 premaster. */
static axtls_error write_encrypted(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	const br_rsa_public_key *key = &hs->peer_key->key.rsa;
	const uint8_t *modulus = key->n;
	size_t size = key->nlen;

	while (size > 0 && *modulus == 0) {
		modulus++;
		size--;
	}
	if (size < AXTLS_MASTER_SIZE + 11) {
		return AXTLS_ERROR_CERTIFICATE_TYPE;
	}
	tls_random(engine, hs->premaster, AXTLS_MASTER_SIZE);
	put16(hs->premaster, TLS12);
	hs->premaster_length = AXTLS_MASTER_SIZE;

	/* The room for signatures serves here, too */
	uint8_t *block = tls_allocate(engine, size, AXTLS_MEMORY_HANDSHAKE);
	if (block == NULL) {
		return AXTLS_ERROR_MEMORY;
	}
	hs->signature = block;
	hs->signature_size = hs->signature_length = (uint16_t)size;
	size_t zero_at = size - AXTLS_MASTER_SIZE - 1;
	block[0] = 0;
	block[1] = 2;
	tls_random(engine, block + 2, zero_at - 2);
	for (size_t i = 2; i < zero_at; i++) {
		while (block[i] == 0) {
			tls_random(engine, block + i, 1);
		}
	}
	block[zero_at] = 0;
	memcpy(block + zero_at + 1, hs->premaster, AXTLS_MASTER_SIZE);
	axtls_error error = AXTLS_ERROR_INTERNAL;
	if (engine->settings->crypto->rsa_public(block, size, key) != 0) {
		error = write_message(engine, CLIENT_KEY_EXCHANGE, put_encrypted);
	}
	tls_release(engine, block, size, AXTLS_MEMORY_HANDSHAKE);
	hs->signature = NULL;
	tls_release_validator(engine);
	return error;
}

axtls_error write_client_key_exchange(axtls_engine *engine, bool *more)
{
	(void)more;
	axtls_error error = keys_suite(engine)->ephemeral ? write_point(engine) : write_encrypted(engine);
	if (error == AXTLS_ERROR_NONE) {
		keys_make_master(engine);
		error = keys_make_protections(engine);
	}
	return error;
}
