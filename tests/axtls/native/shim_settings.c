/* Settings made of DER, and what engines ask of their owner: the time, a validator, whether a name is served. */
#include <stdlib.h>
#include <string.h>

#include "shim_parts.h"

static uint32_t get_time(void *param)
{
	return ((shim_settings *)param)->time;
}

static const br_x509_class **get_validator(void *param, axtls_engine *engine)
{
	shim_connection *c = param;
	(void)engine;
	c->validator = shim_memory.allocate(NULL, sizeof(x509_context), AXTLS_MEMORY_HANDSHAKE);
	if (c->validator == NULL) {
		return NULL;
	}
	x509_config_init(&c->config, axtls_engine_is_server(engine) ? X509_CLIENT_CERTIFICATE : X509_SERVER_CERTIFICATE);
	c->config.find_anchor = x509_anchor_table_find;
	c->config.find_anchor_param = &c->owner->table;
	if (c->owner->clock != 0) {
		x509_config_set_time(&c->config, c->owner->clock);
	}
	if (c->name[0] != 0) {
		x509_config_set_server(&c->config, c->name);
	}
	memset(c->validator, 0, sizeof(x509_context));
	x509_init(c->validator, &c->config);
	return &c->validator->vtable;
}

static void release_validator(void *param, axtls_engine *engine)
{
	shim_connection *c = param;
	(void)engine;
	axtls_wipe(c->validator, sizeof(x509_context));
	shim_memory.release(NULL, c->validator, sizeof(x509_context), AXTLS_MEMORY_HANDSHAKE);
	c->validator = NULL;
}

static bool server_name(void *param, axtls_engine *engine, const char *name, size_t length)
{
	shim_connection *c = param;
	(void)engine;
	memcpy(c->served_name, name, length);
	c->served_name[length] = 0;
	return c->owner->served_name[0] == 0 || strcmp(c->owner->served_name, c->served_name) == 0;
}

shim_settings *shim_settings_new(void)
{
	shim_settings *s = calloc(1, sizeof(*s));
	axtls_settings_init(&s->settings);
	s->crypto = *axtls_crypto_full();
	s->settings.crypto = &s->crypto;
	s->settings.memory = &shim_memory;
	br_hmac_drbg_init(&s->random, &br_sha256_vtable, "shim", 4);
	s->settings.random = &s->random.vtable;
	s->settings.time = get_time;
	s->settings.param = s;
	s->settings.get_validator = get_validator;
	s->settings.release_validator = release_validator;
	s->settings.server_name = server_name;
	s->settings.identities = s->identities;
	s->settings.authorities = s->authorities;
	s->table.anchors = s->anchors;
	return s;
}

void shim_settings_free(shim_settings *s)
{
	axtls_cache_free(&s->cache);
	axtls_ticket_keys_wipe(&s->tickets);
	for (size_t i = 0; i < s->settings.authority_count; i++) {
		free((void *)(uintptr_t)s->authorities[i].data);
	}
	for (size_t i = 0; i < s->settings.identity_count; i++) {
		for (size_t k = 0; k < MAX_CHAIN; k++) {
			free(s->stores[i].chain[k].data);
		}
	}
	free(s);
}

int shim_add_identity(shim_settings *s, const uint8_t *const *certificates, const size_t *lengths, size_t count,
					  const uint8_t *key, size_t key_length)
{
	size_t at = s->settings.identity_count;
	if (at == MAX_IDENTITIES || count > MAX_CHAIN) {
		return 0;
	}
	identity_store *store = &s->stores[at];
	axtls_identity *identity = &s->identities[at];
	for (size_t i = 0; i < count; i++) {
		store->chain[i].data = malloc(lengths[i]);
		store->chain[i].data_len = lengths[i];
		memcpy(store->chain[i].data, certificates[i], lengths[i]);
	}
	identity->chain = store->chain;
	identity->chain_length = count;
	br_skey_decoder_init(&store->decoder);
	br_skey_decoder_push(&store->decoder, key, key_length);
	if (br_skey_decoder_last_error(&store->decoder) != 0) {
		return 0;
	}
	if (br_skey_decoder_key_type(&store->decoder) == BR_KEYTYPE_RSA) {
		store->rsa = *br_skey_decoder_get_rsa(&store->decoder);
		identity->rsa = &store->rsa;
	} else {
		store->ec = *br_skey_decoder_get_ec(&store->decoder);
		identity->ec = &store->ec;
	}
	s->settings.identity_count++;
	return 1;
}

int shim_add_anchor(shim_settings *s, const uint8_t *certificate, size_t length)
{
	static x509_context work;
	size_t used, at = s->table.count;
	if (at == MAX_ANCHORS || x509_anchor_from_certificate(&work, certificate, length, &s->anchors[at],
														 s->anchor_memory[at], 2048, &used) != X509_ERROR_NONE) {
		return 0;
	}
	s->table.count++;
	/* The table is searched by halves */
	for (; at > 0 && memcmp(s->anchors[at].subject_hash, s->anchors[at - 1].subject_hash, 32) < 0; at--) {
		x509_anchor other = s->anchors[at];
		s->anchors[at] = s->anchors[at - 1];
		s->anchors[at - 1] = other;
	}
	return 1;
}

void shim_set_suites(shim_settings *s, const uint16_t *suites, size_t count)
{
	memcpy(s->suites, suites, count * sizeof(suites[0]));
	s->settings.suites = s->suites;
	s->settings.suite_count = count;
}

int shim_add_protocol(shim_settings *s, const char *name)
{
	size_t at = s->settings.protocol_count++;
	strcpy(s->protocols[at], name);
	s->protocol_list[at] = s->protocols[at];
	s->settings.protocols = s->protocol_list;
	return 1;
}

int shim_add_authority(shim_settings *s, const uint8_t *name, size_t length)
{
	uint8_t *copy = malloc(length);
	memcpy(copy, name, length);
	s->authorities[s->settings.authority_count].data = copy;
	s->authorities[s->settings.authority_count++].length = length;
	return 1;
}

void shim_set_fragments(shim_settings *s, uint16_t input, uint16_t output)
{
	s->settings.input_fragment = input;
	s->settings.output_fragment = output;
}

void shim_set_batch(shim_settings *s, uint32_t size)
{
	s->settings.output_batch = size;
}

void shim_set_client_auth(shim_settings *s, int mode)
{
	s->settings.client_auth = (axtls_client_auth)mode;
}

void shim_set_legacy(shim_settings *s, int allow)
{
	s->settings.allow_legacy_server = allow != 0;
}

void shim_set_use_tickets(shim_settings *s, int use)
{
	s->settings.use_tickets = use != 0;
}

void shim_set_cache(shim_settings *s, uint16_t count, uint32_t lifetime)
{
	axtls_cache_init(&s->cache, &shim_memory, count, lifetime);
	s->settings.cache = &s->cache;
}

void shim_put_session(shim_settings *s, const uint8_t *data, size_t length)
{
	axtls_session session;
	memcpy(&session, data, length < sizeof(session) ? length : sizeof(session));
	axtls_cache_put(&s->cache, &session, s->time);
}

void shim_set_tickets(shim_settings *s, uint32_t lifetime)
{
	axtls_ticket_keys_init(&s->tickets, lifetime);
	s->settings.ticket_keys = &s->tickets;
}

void shim_set_time(shim_settings *s, uint32_t seconds)
{
	s->time = seconds;
}

void shim_set_served_name(shim_settings *s, const char *name)
{
	strcpy(s->served_name, name);
}

void shim_set_clock(shim_settings *s, int64_t seconds)
{
	s->clock = seconds;
}

void shim_seed(shim_settings *s, const uint8_t *seed, size_t length)
{
	br_hmac_drbg_init(&s->random, &br_sha256_vtable, seed, length);
}

int shim_remove(shim_settings *s, const char *primitive)
{
	axtls_crypto *c = &s->crypto;
	if (strcmp(primitive, "ec") == 0) {
		c->ec = NULL;
	} else if (strcmp(primitive, "x25519") == 0) {
		s->ec = *c->ec;
		s->ec.supported_curves &= ~((uint32_t)1 << BR_EC_curve25519);
		c->ec = &s->ec;
	} else if (strcmp(primitive, "p256") == 0) {
		s->ec = *c->ec;
		s->ec.supported_curves &= ~((uint32_t)1 << BR_EC_secp256r1);
		c->ec = &s->ec;
	} else if (strcmp(primitive, "aes_ctr") == 0) {
		c->aes_ctr = NULL;
	} else if (strcmp(primitive, "chacha20") == 0) {
		c->chacha20 = NULL;
	} else if (strcmp(primitive, "cbc") == 0) {
		c->cbc_in = NULL;
	} else if (strcmp(primitive, "sha1") == 0) {
		c->sha1 = NULL;
	} else if (strcmp(primitive, "sha384") == 0) {
		c->sha384 = NULL;
	} else if (strcmp(primitive, "sha512") == 0) {
		c->sha512 = NULL;
	} else if (strcmp(primitive, "rsa_private") == 0) {
		c->rsa_private = NULL;
	} else if (strcmp(primitive, "rsa_public") == 0) {
		c->rsa_public = NULL;
	} else if (strcmp(primitive, "rsa_sign") == 0) {
		c->rsa_sign = NULL;
	} else {
		return 0;
	}
	return 1;
}
