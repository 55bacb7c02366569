#include "keys.h"
#include <string.h>

/** Key block at most: two MAC keys, two AES-256 keys. ChaCha20: two keys, two IVs. */
#define MAX_KEY_BLOCK (2 * (MAX_MAC + 32))

const suite *keys_suite(const axtls_engine *engine)
{
	return &suite_table[suite_find(engine->session.suite)];
}

static br_tls_prf_impl prf(const axtls_engine *engine)
{
	return keys_suite(engine)->prf == br_sha384_ID ? engine->settings->crypto->prf_sha384 : &br_tls12_sha256_prf;
}

void keys_make_master(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	axtls_session *session = &engine->session;

	if (session->extended_master_secret) {
		uint8_t hash[MAX_HASH];
		br_tls_prf_seed_chunk seed = {hash, transcript_hash(&hs->hashes, keys_suite(engine)->prf, hash)};
		prf(engine)(session->master, AXTLS_MASTER_SIZE, hs->premaster, hs->premaster_length, "extended master secret",
					1, &seed);
	} else {
		br_tls_prf_seed_chunk seed[2] = {{hs->client_random, RANDOM_SIZE}, {hs->server_random, RANDOM_SIZE}};
		prf(engine)(session->master, AXTLS_MASTER_SIZE, hs->premaster, hs->premaster_length, "master secret", 2, seed);
	}
	axtls_wipe(hs->premaster, sizeof(hs->premaster));
}

axtls_error keys_make_protections(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	const axtls_settings *settings = engine->settings;
	const suite *chosen = keys_suite(engine);
	size_t iv_length = suite_iv_length(chosen);
	uint8_t block[MAX_KEY_BLOCK];
	br_tls_prf_seed_chunk seed[2] = {{hs->server_random, RANDOM_SIZE}, {hs->client_random, RANDOM_SIZE}};
	protection_secrets secrets[2];

	prf(engine)(block, 2 * (chosen->mac_length + chosen->key_length + iv_length), engine->session.master,
				AXTLS_MASTER_SIZE, "key expansion", 2, seed);
	const uint8_t *at = block;
	for (int side = 0; side < 2; side++) {
		secrets[side].mac = at + (size_t)side * chosen->mac_length;
		secrets[side].key = at + 2 * chosen->mac_length + (size_t)side * chosen->key_length;
		secrets[side].iv = at + 2 * (chosen->mac_length + chosen->key_length) + (size_t)side * iv_length;
	}
	int own = engine->server ? 1 : 0;
	hs->next_out = protection_new(settings->memory, settings->crypto, settings->random, chosen,
								  engine->encrypt_then_mac, true, &secrets[own]);
	hs->next_in = protection_new(settings->memory, settings->crypto, settings->random, chosen,
								 engine->encrypt_then_mac, false, &secrets[1 - own]);
	axtls_wipe(block, sizeof(block));
	return hs->next_in != NULL && hs->next_out != NULL ? AXTLS_ERROR_NONE : AXTLS_ERROR_MEMORY;
}

void keys_finished(axtls_engine *engine, bool from_server, uint8_t verify_data[FINISHED_SIZE])
{
	uint8_t hash[MAX_HASH];
	br_tls_prf_seed_chunk seed = {hash, transcript_hash(&engine->hs->hashes, keys_suite(engine)->prf, hash)};
	prf(engine)(verify_data, FINISHED_SIZE, engine->session.master, AXTLS_MASTER_SIZE,
				from_server ? "server finished" : "client finished", 1, &seed);
}
