#include <axtls/engine.h>
#include <bearssl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <x509/validator.h>

#include "internal.h"
#include "shim.h"

#define MAX_IDENTITIES 4
#define MAX_CHAIN 6
#define MAX_ANCHORS 8
#define FRESH 0xA5u /* what new memory is filled with */
#define SAMPLE 16
#define MAX_SAMPLES 24
#define MAX_ENGINES 64

typedef struct {
	br_x509_certificate chain[MAX_CHAIN];
	br_skey_decoder_context decoder;
	br_rsa_private_key rsa;
	br_ec_private_key ec;
} identity_store;

struct shim_settings {
	axtls_settings settings;
	axtls_crypto crypto;
	br_ec_impl ec;
	br_hmac_drbg_context random;
	axtls_cache cache;
	axtls_ticket_keys tickets;
	uint16_t suites[64];
	char protocols[4][256];
	const char *protocol_list[4];
	axtls_name authorities[8];
	axtls_identity identities[MAX_IDENTITIES];
	identity_store stores[MAX_IDENTITIES];
	x509_anchor anchors[MAX_ANCHORS];
	uint8_t anchor_memory[MAX_ANCHORS][2048];
	x509_anchor_table table;
	uint32_t time;
	int64_t clock;
	char served_name[256];
};

struct shim_connection {
	axtls_engine *engine;
	shim_settings *owner;
	x509_config config;
	x509_context *validator;
	char name[256];
	char served_name[256];
};

static struct {
	uint32_t fail_at, count, unwiped;
	size_t held[8], total, peak, limit;
} heap;

/** All that there are, also while they are being made. */
static const axtls_engine *engines[MAX_ENGINES];

static void replace_engine(const axtls_engine *old, const axtls_engine *new)
{
	for (size_t i = 0; i < MAX_ENGINES; i++) {
		if (engines[i] == old) {
			engines[i] = new;
			return;
		}
	}
}

static bool is_engine(size_t size, axtls_memory_tag tag)
{
	return tag == AXTLS_MEMORY_SESSION && size == sizeof(axtls_engine);
}

/** Parts of the plaintext that engines were given last: none of it may be in records. */
static struct {
	const axtls_engine *engine; /**< that it is of; NULL: of none any more */
	uint8_t data[SAMPLE];
} samples[MAX_SAMPLES];
static size_t sample_count; /**< ever */

static void remember(const axtls_engine *engine, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < 3 && length >= SAMPLE; i++) {
		size_t at = sample_count++ % MAX_SAMPLES;
		samples[at].engine = engine;
		memcpy(samples[at].data, data + (length - SAMPLE) / 2 * i, SAMPLE);
	}
}

static void forget(const axtls_engine *engine)
{
	for (size_t i = 0; i < MAX_SAMPLES; i++) {
		if (samples[i].engine == engine) {
			samples[i].engine = NULL;
		}
	}
}

static bool contains(const uint8_t *block, size_t size, const uint8_t *part, size_t length)
{
	bool plain = true; /* what is only zeros or fresh memory tells nothing */
	for (size_t i = 0; i < length; i++) {
		plain = plain && (part[i] == 0 || part[i] == FRESH);
	}
	const uint8_t *end = block + size;
	while (!plain && (size_t)(end - block) >= length && (block = memchr(block, part[0], (size_t)(end - block))) != NULL) {
		if ((size_t)(end - block) >= length && memcmp(block, part, length) == 0) {
			return true;
		}
		block++;
	}
	return false;
}

static bool is_wiped(const uint8_t *bytes, size_t size, uint8_t unwritten)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0 && bytes[i] != unwritten) {
			return false;
		}
	}
	return true;
}

/** Records on their way are for anybody to see, if they are just that. */
static bool are_records(const axtls_engine *engine, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < MAX_SAMPLES; i++) {
		if (samples[i].engine == engine && contains(bytes, size, samples[i].data, SAMPLE)) {
			return false;
		}
	}
	return !contains(bytes, size, engine->session.master, sizeof(engine->session.master));
}

static bool is_clean(const uint8_t *block, size_t size, axtls_memory_tag tag)
{
	if (tag != AXTLS_MEMORY_RECORD_BUFFER) {
		return is_wiped(block, size, 0);
	}
	for (size_t i = 0; i < MAX_ENGINES; i++) {
		const axtls_engine *engine = engines[i];
		if (engine != NULL && engine->out_data == block) {
			const size_t finished = engine->out_closed;
			return are_records(engine, block, finished) && is_wiped(block + finished, size - finished, FRESH);
		}
	}
	return is_wiped(block, size, 0);
}

static void *allocate(void *param, size_t size, axtls_memory_tag tag)
{
	(void)param;
	heap.count++;
	if (heap.fail_at != 0 && --heap.fail_at == 0) {
		return NULL;
	}
	if (heap.limit != 0 && heap.total + size > heap.limit) {
		return NULL;
	}
	heap.held[tag] += size;
	heap.total += size;
	if (heap.total > heap.peak) {
		heap.peak = heap.total;
	}
	uint8_t *block = malloc(size);
	memset(block, FRESH, size);
	if (is_engine(size, tag)) {
		replace_engine(NULL, (const axtls_engine *)(void *)block);
	}
	return block;
}

static void release(void *param, void *block, size_t size, axtls_memory_tag tag)
{
	(void)param;
	heap.held[tag] -= size;
	heap.total -= size;
	if (!is_clean(block, size, tag)) {
		heap.unwiped++;
	}
	if (is_engine(size, tag)) {
		replace_engine(block, NULL);
		forget(block);
	}
	free(block);
}

static const axtls_memory memory = {allocate, release, NULL};

void shim_fail_allocation(uint32_t n)
{
	heap.fail_at = n;
}

void shim_limit_heap(size_t total)
{
	heap.limit = total;
}

uint32_t shim_allocations(void)
{
	return heap.count;
}

size_t shim_held(int tag)
{
	return tag < 0 ? heap.total : heap.held[tag];
}

size_t shim_peak(void)
{
	return heap.peak;
}

void shim_reset_peak(void)
{
	heap.peak = heap.total;
}

uint32_t shim_unwiped(void)
{
	return heap.unwiped;
}

static uint32_t get_time(void *param)
{
	return ((shim_settings *)param)->time;
}

static const br_x509_class **get_validator(void *param, axtls_engine *engine)
{
	shim_connection *c = param;
	(void)engine;
	c->validator = allocate(NULL, sizeof(x509_context), AXTLS_MEMORY_HANDSHAKE);
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
	release(NULL, c->validator, sizeof(x509_context), AXTLS_MEMORY_HANDSHAKE);
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
	s->settings.memory = &memory;
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
	axtls_cache_init(&s->cache, &memory, count, lifetime);
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

static shim_connection *connection_new(shim_settings *s)
{
	shim_connection *c = calloc(1, sizeof(*c));
	c->owner = s;
	return c;
}

shim_connection *shim_client(shim_settings *s, const char *name, const uint8_t *session, size_t session_length,
							 const uint8_t *ticket, size_t ticket_length)
{
	shim_connection *c = connection_new(s);
	axtls_session resume;
	if (session_length == sizeof(resume)) {
		memcpy(&resume, session, sizeof(resume));
	}
	strcpy(c->name, name);
	c->engine = axtls_client_new(&s->settings, c, name[0] == 0 ? NULL : c->name,
								 session_length == sizeof(resume) ? &resume : NULL, ticket, ticket_length);
	if (c->engine == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

shim_connection *shim_server(shim_settings *s)
{
	shim_connection *c = connection_new(s);
	c->engine = axtls_server_new(&s->settings, c);
	if (c->engine == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void shim_free(shim_connection *c)
{
	axtls_engine_free(c->engine);
	free(c);
}

size_t shim_feed(shim_connection *c, const uint8_t *data, size_t length)
{
	/* A copy of the exact size, so that a sanitizer sees reads beyond it, and plaintext that was left in it. Both ways of
	 * feeding have to come to the same: pieces of odd lengths are opened in place. */
	uint8_t *copy = malloc(length);
	size_t used;
	memcpy(copy, data, length);
	if (length % 2 == 1) {
		used = axtls_engine_feed_in_place(c->engine, copy, length);
		axtls_engine_keep_input(c->engine);
	} else {
		used = axtls_engine_feed(c->engine, copy, length);
	}
	free(copy);
	return used;
}

size_t shim_output(shim_connection *c, uint8_t *data, size_t length)
{
	const uint8_t *waiting;
	size_t count = axtls_engine_peek_output(c->engine, &waiting);
	count = count < length ? count : length;
	if (count > 0) {
		memcpy(data, waiting, count);
		axtls_engine_consume_output(c->engine, count);
	}
	return count;
}

size_t shim_input(shim_connection *c, uint8_t *data, size_t length)
{
	const uint8_t *waiting;
	size_t count = axtls_engine_peek_input(c->engine, &waiting);
	count = count < length ? count : length;
	if (count > 0) {
		memcpy(data, waiting, count);
		axtls_engine_consume_input(c->engine, count);
	}
	return count;
}

size_t shim_write(shim_connection *c, const uint8_t *data, size_t length)
{
	remember(c->engine, data, length);
	return axtls_engine_write(c->engine, data, length);
}

void shim_flush(shim_connection *c)
{
	axtls_engine_flush(c->engine);
}

void shim_close(shim_connection *c)
{
	axtls_engine_close(c->engine);
}

void shim_abort(shim_connection *c, int alert)
{
	axtls_engine_abort(c->engine, (axtls_alert)alert);
}

void shim_get_state(shim_connection *c, shim_state *state)
{
	const axtls_engine *e = c->engine;
	state->connected = axtls_engine_is_connected(e);
	state->peer_closed = axtls_engine_is_peer_closed(e);
	state->closed = axtls_engine_is_closed(e);
	state->resumed = axtls_engine_is_resumed(e);
	state->extended_master_secret = axtls_engine_has_extended_master_secret(e);
	state->peer_authenticated = axtls_engine_is_peer_authenticated(e);
	state->error = axtls_engine_get_error(e);
	state->alert_sent = axtls_engine_get_alert_sent(e);
	state->alert_received = axtls_engine_get_alert_received(e);
	state->certificate_error = axtls_engine_get_certificate_error(e);
	state->suite = axtls_engine_get_suite(e);
	state->output_fragment = axtls_engine_get_output_fragment(e);
	state->protocol = axtls_engine_get_protocol(e);
	state->served_name = c->served_name;
}

const char *shim_error_name(int error)
{
	return axtls_error_name((axtls_error)error);
}

const char *shim_alert_name(int alert)
{
	return alert < 0 ? "" : axtls_alert_name(alert);
}

size_t shim_get_session(shim_connection *c, uint8_t *data, size_t length)
{
	axtls_session session;
	if (length < sizeof(session) || !axtls_engine_get_session(c->engine, &session)) {
		return 0;
	}
	memcpy(data, &session, sizeof(session));
	return sizeof(session);
}

size_t shim_get_ticket(shim_connection *c, uint8_t *data, size_t length)
{
	const uint8_t *ticket;
	size_t count = axtls_engine_get_ticket(c->engine, &ticket);
	if (count > length) {
		return 0;
	}
	if (count > 0) {
		memcpy(data, ticket, count);
	}
	return count;
}
