/** ClientKeyExchange (RFC 5246 §7.4.7, RFC 8422 §5.7), read by a server. */
#include "key_share.h"
#include "keys.h"
#include "messages.h"
#include "reader.h"
#include <string.h>

static axtls_error point_step(axtls_engine *engine, cursor *bytes)
{
	uint8_t point[MAX_POINT];
	cursor given = cursor_vector(bytes, 1);

	if (!cursor_is_done(bytes) || given.left == 0) {
		return AXTLS_ERROR_DECODE;
	}
	if (given.left > sizeof(point)) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	memcpy(point, given.at, given.left);
	bool good = key_share_agree(engine, point, given.left);
	axtls_wipe(point, sizeof(point));
	return good ? reader_finish(engine) : AXTLS_ERROR_ILLEGAL_PARAMETER;
}

/**
 * The encrypted premaster secret. Nothing that depends on whether it decrypts well may show, now or later, neither by
 * an alert nor by time: a random secret takes its place, and the handshake goes on to fail at Finished
 * (RFC 5246 §7.4.7.1; Bleichenbacher's attack). Its version number is overwritten instead of checked.
 */
static axtls_error encrypted_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	const br_rsa_private_key *key = hs->identity->rsa;
	size_t size = (key->n_bitlen + 7) / 8;
	cursor given = cursor_vector(bytes, 2);

	if (!cursor_is_done(bytes)) {
		return AXTLS_ERROR_DECODE;
	}
	uint8_t *data = tls_allocate(engine, size, AXTLS_MEMORY_HANDSHAKE);
	if (data == NULL) {
		return AXTLS_ERROR_MEMORY;
	}
	/* The length is no secret, but it is none of the attacker's business either which mistake counts */
	bool right_length = given.left == size;
	memset(data, 0, size);
	memcpy(data, given.at, right_length ? size : 0);

	tls_random(engine, hs->premaster, AXTLS_MASTER_SIZE);
	uint32_t good = br_rsa_ssl_decrypt(engine->settings->crypto->rsa_private, key, data, size) & (right_length ? 1 : 0);
	uint8_t mask = (uint8_t)(0 - good);
	for (size_t i = 0; i < AXTLS_MASTER_SIZE; i++) {
		hs->premaster[i] ^= (uint8_t)((hs->premaster[i] ^ data[i]) & mask);
	}
	put16(hs->premaster, hs->version_seen);
	hs->premaster_length = AXTLS_MASTER_SIZE;
	tls_release(engine, data, size, AXTLS_MEMORY_HANDSHAKE);
	return reader_finish(engine);
}

axtls_error read_client_key_exchange(axtls_engine *engine, uint32_t length)
{
	return reader_want(engine, length, keys_suite(engine)->ephemeral ? point_step : encrypted_step);
}

axtls_error done_client_key_exchange(axtls_engine *engine)
{
	keys_make_master(engine);
	return keys_make_protections(engine);
}
