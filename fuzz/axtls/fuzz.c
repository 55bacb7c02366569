/**
 * Fuzzer for both roles: a client and a server of ours talk to each other, and the input changes what passes.
 *
 *   byte 0    suite (4 bits) | client certificate | resumption | encrypted hello settings, see scene()
 *   byte 1    how the stream is cut into pieces for feed()
 *   then, five bytes each: a change
 *             record it applies to (counted over both directions) | what is done | where (2 bytes) | value
 * or, if bit 7 of byte 0 is set, the rest of the input goes straight to a server or client as it is.
 *
 * What happens after a change of an encrypted record is mostly a failed MAC, so records are changed before they are
 * protected: the sender's protection is left out, and the receiver's, too, by means of a cipher that does nothing.
 * Keys are exchanged by a group that adds numbers; signatures are a hash. So an execution takes microseconds, and all
 * that is left is what is to be tested: parsers, states, buffers.
 *
 * Built with -fsanitize=fuzzer, or with -DAXTLS_FUZZ_STANDALONE to run files given as arguments, or COUNT SEED for
 * random inputs without libFuzzer.
 */
#include <axtls/engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

/* Stand-ins for cryptography */

static size_t toy_length(int curve)
{
	return curve == BR_EC_curve25519 ? 32 : curve == BR_EC_secp256r1 ? 65 : 97;
}

static const unsigned char *toy_generator(int curve, size_t *length)
{
	static const unsigned char g[97] = {4, 1};
	*length = toy_length(curve);
	return g;
}

static const unsigned char *toy_order(int curve, size_t *length)
{
	static const unsigned char n[48] = {0x7F, 0xFF};
	*length = curve == BR_EC_secp384r1 ? 48 : 32;
	return n;
}

static size_t toy_xoff(int curve, size_t *length)
{
	*length = curve == BR_EC_secp384r1 ? 48 : 32;
	return curve == BR_EC_curve25519 ? 0 : 1;
}

/** The point is the sum of what it was multiplied with, which commutes. */
static uint32_t toy_mul(unsigned char *point, size_t length, const unsigned char *x, size_t x_length, int curve)
{
	size_t size, offset = toy_xoff(curve, &size);
	if (length != toy_length(curve) || (offset == 1 && point[0] != 4)) {
		return 0;
	}
	for (size_t i = 0; i < size && i < x_length; i++) {
		point[offset + i] = (unsigned char)(point[offset + i] + x[i]);
	}
	return 1;
}

static size_t toy_mulgen(unsigned char *point, const unsigned char *x, size_t x_length, int curve)
{
	size_t length = toy_length(curve);
	memset(point, 0, length);
	if (curve != BR_EC_curve25519) {
		point[0] = 4;
	}
	return toy_mul(point, length, x, x_length, curve) != 0 ? length : 0;
}

static const br_ec_impl toy_ec = {(uint32_t)1 << BR_EC_curve25519 | (uint32_t)1 << BR_EC_secp256r1 |
									  (uint32_t)1 << BR_EC_secp384r1,
								  toy_generator, toy_order, toy_xoff, toy_mul, toy_mulgen, NULL};

static size_t toy_ecdsa_sign(const br_ec_impl *ec, const br_hash_class *hash, const void *value,
							 const br_ec_private_key *key, void *signature)
{
	(void)ec;
	(void)hash;
	(void)key;
	memcpy(signature, value, 32);
	return 32;
}

static uint32_t toy_ecdsa_verify(const br_ec_impl *ec, const void *hash, size_t hash_length,
								 const br_ec_public_key *key, const void *signature, size_t length)
{
	(void)ec;
	(void)hash_length;
	(void)key;
	return length == 32 && memcmp(hash, signature, 32) == 0;
}

static uint32_t toy_rsa(unsigned char *x, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		x[i] ^= 0x55;
	}
	return 1;
}

static uint32_t toy_rsa_public(unsigned char *x, size_t length, const br_rsa_public_key *key)
{
	return length == key->nlen ? toy_rsa(x, length) : 0;
}

static uint32_t toy_rsa_private(unsigned char *x, const br_rsa_private_key *key)
{
	return toy_rsa(x, (key->n_bitlen + 7) / 8);
}

static uint32_t toy_rsa_sign(const unsigned char *oid, const unsigned char *hash, size_t hash_length,
							 const br_rsa_private_key *key, unsigned char *x)
{
	(void)oid;
	memset(x, 1, (key->n_bitlen + 7) / 8);
	memcpy(x, hash, hash_length);
	return 1;
}

static uint32_t toy_rsa_verify(const unsigned char *x, size_t length, const unsigned char *oid, size_t hash_length,
							   const br_rsa_public_key *key, unsigned char *hash)
{
	(void)oid;
	if (length != key->nlen) {
		return 0;
	}
	memcpy(hash, x, hash_length);
	return 1;
}

/** A cipher without a cipher: no key, and a tag of zeros that is not looked at. */
static void toy_poly1305(const void *key, const void *iv, void *data, size_t length, const void *aad, size_t aad_length,
						 void *tag, br_chacha20_run chacha20, int encrypt)
{
	(void)key;
	(void)iv;
	(void)aad;
	(void)aad_length;
	(void)chacha20;
	/* Data is touched, so that sanitizers see wrong lengths */
	for (size_t i = 0; i < length; i++) {
		((uint8_t *)data)[i] ^= 0;
	}
	memset(tag, 0, 16);
	(void)encrypt;
}

static uint32_t toy_chacha20(const void *key, const void *iv, uint32_t counter, void *data, size_t length)
{
	(void)key;
	(void)iv;
	(void)data;
	(void)length;
	return counter;
}

typedef struct {
	const br_prng_class *vtable;
	uint32_t state;
} toy_random;

static void toy_generate(const br_prng_class **context, void *out, size_t length)
{
	toy_random *r = (toy_random *)(void *)context;
	for (size_t i = 0; i < length; i++) {
		r->state = r->state * 1664525u + 1013904223u;
		((uint8_t *)out)[i] = (uint8_t)(r->state >> 24);
	}
}

static const br_prng_class toy_random_class = {sizeof(toy_random), NULL, toy_generate, NULL};

/* A validator that knows the key */

typedef struct {
	const br_x509_class *vtable;
	br_x509_pkey key;
	uint32_t expected, seen;
	bool bad;
} toy_validator;

static toy_validator *self(const br_x509_class **c)
{
	return (toy_validator *)(void *)c;
}

static void start_chain(const br_x509_class **c, const char *name)
{
	(void)name;
	self(c)->bad = false;
}

static void start_cert(const br_x509_class **c, uint32_t length)
{
	self(c)->expected = length;
	self(c)->seen = 0;
}

static void append(const br_x509_class **c, const unsigned char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		self(c)->bad = self(c)->bad || data[i] == 0xEE;
	}
	self(c)->seen += (uint32_t)length;
}

static void end_cert(const br_x509_class **c)
{
	if (self(c)->expected != self(c)->seen) {
		abort();
	}
}

static unsigned end_chain(const br_x509_class **c)
{
	return self(c)->bad ? BR_ERR_X509_NOT_TRUSTED : 0;
}

static const br_x509_pkey *get_key(const br_x509_class *const *c, unsigned *usages)
{
	*usages = BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;
	return &((const toy_validator *)(const void *)c)->key;
}

static const br_x509_class toy_class = {sizeof(toy_validator), start_chain, start_cert, append, end_cert, end_chain, get_key};

/* The scene */

static uint8_t certificate_data[700];
static uint8_t modulus[256];
static uint8_t point[65] = {4};
static br_x509_certificate chain[2] = {{certificate_data, 300}, {certificate_data, 700}};
static br_rsa_private_key rsa_key = {2048, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0};
static br_ec_private_key ec_key = {BR_EC_secp256r1, point, 32};
static const axtls_identity identities[2] = {{chain, 2, &rsa_key, NULL}, {chain, 1, NULL, &ec_key}};
static const char *const protocols[2] = {"h2", "http/1.1"};

typedef struct {
	axtls_engine *engine;
	toy_validator validator;
	bool key_is_rsa;
	bool end_was_seen;
} side;

static size_t held;
static uint32_t reached[4]; /* connected, ServerHelloDone, executions, resumed */

static void *allocate(void *param, size_t size, axtls_memory_tag tag)
{
	(void)param;
	(void)tag;
	held += size;
	return malloc(size);
}

static void release(void *param, void *block, size_t size, axtls_memory_tag tag)
{
	(void)param;
	(void)tag;
	held -= size;
	free(block);
}

static const axtls_memory memory = {allocate, release, NULL};

static const br_x509_class **get_validator(void *param, axtls_engine *engine)
{
	side *s = param;
	(void)engine;
	s->validator.vtable = &toy_class;
	if (s->key_is_rsa) {
		s->validator.key.key_type = BR_KEYTYPE_RSA;
		s->validator.key.key.rsa.n = modulus;
		s->validator.key.key.rsa.nlen = sizeof(modulus);
	} else {
		s->validator.key.key_type = BR_KEYTYPE_EC;
		s->validator.key.key.ec.curve = BR_EC_secp256r1;
		s->validator.key.key.ec.q = point;
		s->validator.key.key.ec.qlen = sizeof(point);
	}
	return &s->validator.vtable;
}

static const uint16_t suites[16] = {0xCCA9, 0xCCA8, 0xCCA9, 0xCCA8, 0xCCA9, 0xCCA8, 0xCCA9, 0xCCA8,
									0xC02B, 0xC02F, 0x009C, 0xC027, 0xC013, 0x003C, 0xC024, 0x009D};

typedef struct {
	axtls_crypto crypto;
	axtls_settings server, client;
	axtls_cache cache;
	axtls_ticket_keys tickets;
	toy_random random;
} scene;

static void set_scene(scene *s, uint8_t options, bool authenticate, bool real)
{
	memset(s, 0, sizeof(*s));
	memset(modulus, 0xFF, sizeof(modulus));
	s->crypto = *axtls_crypto_full();
	s->random.vtable = &toy_random_class;
	s->random.state = options;
	s->crypto.ec = &toy_ec;
	s->crypto.ecdsa_sign = toy_ecdsa_sign;
	s->crypto.ecdsa_vrfy = toy_ecdsa_verify;
	s->crypto.rsa_public = toy_rsa_public;
	s->crypto.rsa_private = toy_rsa_private;
	s->crypto.rsa_sign = toy_rsa_sign;
	s->crypto.rsa_vrfy = toy_rsa_verify;
	if (!real) {
		s->crypto.poly1305 = toy_poly1305;
		s->crypto.chacha20 = toy_chacha20;
	}
	axtls_cache_init(&s->cache, &memory, 2, 100);
	axtls_ticket_keys_init(&s->tickets, 100);

	axtls_settings *a = &s->server;
	axtls_settings_init(a);
	a->crypto = &s->crypto;
	a->memory = &memory;
	a->random = &s->random.vtable;
	a->get_validator = get_validator;
	a->identities = identities;
	a->identity_count = 2;
	a->protocols = protocols;
	a->protocol_count = 2;
	a->suites = &suites[options & 15];
	a->suite_count = 1;
	s->client = *a;
	a->cache = &s->cache;
	a->ticket_keys = (options & 16) != 0 ? &s->tickets : NULL;
	a->client_auth = authenticate ? AXTLS_CLIENT_AUTH_REQUEST : AXTLS_CLIENT_AUTH_NONE;
	a->input_fragment = (options & 32) != 0 ? 700 : 16384;
	s->client.input_fragment = (options & 32) != 0 ? 1024 : 16384;
	s->client.output_fragment = 300;
}

/** Whatever happened, the engine keeps its promises. */
static void check(side *s)
{
	const uint8_t *data;
	if (axtls_engine_is_closed(s->engine)) {
		if (axtls_engine_write(s->engine, (const uint8_t *)"x", 1) != 0) {
			abort();
		}
		int sent = axtls_engine_get_alert_sent(s->engine);
		axtls_error error = axtls_engine_get_error(s->engine);
		if (axtls_error_alert(error) != AXTLS_ALERT_NONE && sent == AXTLS_ALERT_NONE) {
			abort();
		}
	}
	size_t length = axtls_engine_peek_input(s->engine, &data);
	if (length > 0 && !axtls_engine_is_connected(s->engine)) {
		abort();
	}
	axtls_engine_consume_input(s->engine, length);
}

static void feed(side *s, const uint8_t *data, size_t length, uint8_t cut)
{
	size_t stuck = 0;
	while (length > 0) {
		size_t piece = cut == 0 || cut > length ? length : cut;
		uint8_t *copy = malloc(piece);
		memcpy(copy, data, piece);
		size_t used = axtls_engine_feed(s->engine, copy, piece);
		free(copy);
		check(s);
		data += used;
		length -= used;
		if (used == 0 && ++stuck > 2) {
			/* Output has to go first; who fuzzes does not need the rest */
			return;
		}
		stuck = used == 0 ? stuck : 0;
	}
}

typedef struct {
	const uint8_t *at;
	size_t left;
	unsigned record; /**< number of the next record on the wire */
	uint8_t cut;
} script;

#define MAX_RECORD 20000

/** Apply the changes that are for this record. @return its new length */
static size_t change(script *t, uint8_t *record, size_t length)
{
	while (t->left >= 5 && t->at[0] == t->record) {
		uint8_t what = t->at[1];
		size_t place = (size_t)(t->at[2] << 8 | t->at[3]) % (length + 1);
		uint8_t value = t->at[4];
		t->at += 5;
		t->left -= 5;
		size_t body = length >= 5 ? length - 5 : 0;
		switch (what % 10) {
		case 0: /* a byte becomes another */
			if (place < length) {
				record[place] = value;
			}
			break;
		case 1: /* a bit */
			if (place < length) {
				record[place] ^= (uint8_t)(1 << (value & 7));
			}
			break;
		case 2: /* cut, with the length of the record to match */
			if (place >= 5) {
				length = place;
				record[3] = (uint8_t)((length - 5) >> 8);
				record[4] = (uint8_t)(length - 5);
			}
			break;
		case 3: /* insert bytes, with the length to match */
			if (place >= 5 && length + value < MAX_RECORD) {
				memmove(record + place + value, record + place, length - place);
				memset(record + place, value, value);
				length += value;
				record[3] = (uint8_t)((length - 5) >> 8);
				record[4] = (uint8_t)(length - 5);
			}
			break;
		case 4: /* twice */
			if (2 * length < MAX_RECORD) {
				memcpy(record + length, record, length);
				length *= 2;
			}
			break;
		case 5: /* not at all */
			return 0;
		case 6: /* lengths within: one more or less, in the message's header and where it points */
			if (body >= 4) {
				record[8] = (uint8_t)(record[8] + (int8_t)value);
			}
			break;
		case 7: /* another type of message */
			if (body >= 1) {
				record[5] = value;
			}
			break;
		case 8: /* two records of one */
			if (place > 5 && place < length && length + 5 < MAX_RECORD) {
				memmove(record + place + 5, record + place, length - place);
				memcpy(record + place, record, 3);
				record[place + 3] = (uint8_t)((length - place) >> 8);
				record[place + 4] = (uint8_t)(length - place);
				record[3] = (uint8_t)((place - 5) >> 8);
				record[4] = (uint8_t)(place - 5);
				length += 5;
			}
			break;
		default: /* remove bytes, with the length to match */
			if (place >= 5 && place + value <= length) {
				memmove(record + place, record + place + value, length - place - value);
				length -= value;
				record[3] = (uint8_t)((length - 5) >> 8);
				record[4] = (uint8_t)(length - 5);
			}
			break;
		}
	}
	return length;
}

/** Pass all that one side has to say, record by record. @return false if it had nothing to say */
static bool pass(side *from, side *to, script *t)
{
	static uint8_t record[2 * MAX_RECORD];
	const uint8_t *data;
	size_t waiting = axtls_engine_peek_output(from->engine, &data);
	if (waiting == 0) {
		return false;
	}
	if (from->end_was_seen) {
		abort(); /* something after the alert */
	}
	while (waiting > 0) {
		if (waiting < 5) {
			abort();
		}
		size_t length = 5 + (size_t)(data[3] << 8 | data[4]);
		if (length > waiting || length > 5 + 16384 + 2048) {
			abort();
		}
		memcpy(record, data, length);
		axtls_engine_consume_output(from->engine, length);
		size_t changed = change(t, record, length);
		t->record++;
		feed(to, record, changed, t->cut);
		waiting = axtls_engine_peek_output(from->engine, &data);
	}
	from->end_was_seen = axtls_engine_is_closed(from->engine);
	return true;
}

static void converse(side *client, side *server, script *t)
{
	for (int round = 0; round < 12; round++) {
		bool a = pass(client, server, t), b = pass(server, client, t);
		if (!a && !b) {
			if (round >= 8) {
				break;
			}
			static const uint8_t text[900];
			axtls_engine_write(client->engine, text, 1 + (size_t)round * 100);
			axtls_engine_flush(client->engine);
			axtls_engine_write(server->engine, text, 3);
			if (round == 6) {
				axtls_engine_close(server->engine);
			}
			axtls_engine_flush(server->engine);
		}
	}
	reached[0] += axtls_engine_is_connected(server->engine) || axtls_engine_is_connected(client->engine);
	/* A suite is known to the client from ServerHello on; by then its certificate and more is on the way */
	reached[1] += axtls_engine_get_suite(client->engine) != 0;
	reached[3] += axtls_engine_is_resumed(client->engine);
}

static void raw(const uint8_t *data, size_t length, uint8_t cut, scene *s, bool to_server)
{
	side one;
	memset(&one, 0, sizeof(one));
	one.engine = to_server ? axtls_server_new(&s->server, &one)
						   : axtls_client_new(&s->client, &one, "host.example", NULL, NULL, 0);
	feed(&one, data, length, cut);
	axtls_engine_free(one.engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	static scene s;
	if (length < 3) {
		return 0;
	}
	uint8_t options = data[0], cut = data[1], more = data[2];
	size_t before = held;
	set_scene(&s, options, (more & 1) != 0, (more & 2) != 0);
	if ((options & 0x80) != 0) {
		raw(data + 3, length - 3, cut, &s, (more & 4) != 0);
	} else {
		bool resume = (options & 64) != 0;
		axtls_session session;
		uint8_t ticket[AXTLS_MAX_TICKET];
		size_t ticket_length = 0;
		bool has_session = false;
		script quiet = {NULL, 0, 0, 0}, t = {data + 3, length - 3, 0, cut};
		uint16_t suite = suites[options & 15];
		bool rsa = suite != 0xCCA9 && suite != 0xC02B && suite != 0xC024;
		for (int turn = resume ? 0 : 1; turn < 2; turn++) {
			side client, server;
			memset(&client, 0, sizeof(client));
			memset(&server, 0, sizeof(server));
			client.key_is_rsa = rsa;
			server.key_is_rsa = true;
			client.engine = axtls_client_new(&s.client, &client, "host.example", has_session ? &session : NULL, ticket,
											 ticket_length);
			server.engine = axtls_server_new(&s.server, &server);
			converse(&client, &server, turn == 0 ? &quiet : &t);
			has_session = axtls_engine_get_session(client.engine, &session);
			const uint8_t *given;
			ticket_length = axtls_engine_get_ticket(client.engine, &given);
			if (ticket_length > 0) {
				memcpy(ticket, given, ticket_length);
			}
			axtls_engine_free(client.engine);
			axtls_engine_free(server.engine);
		}
		reached[2]++;
	}
	axtls_cache_free(&s.cache);
	axtls_ticket_keys_wipe(&s.tickets);
	if (held != before) {
		abort();
	}
	return 0;
}

#ifdef AXTLS_FUZZ_STANDALONE
/** COUNT SEED: random scripts; else files. */
int main(int argc, char **argv)
{
	char *end;
	unsigned long count = argc == 3 ? strtoul(argv[1], &end, 10) : 0;
	if (argc == 3 && *end == 0) {
		toy_random r = {&toy_random_class, (uint32_t)strtoul(argv[2], NULL, 10) * 2654435761u + 1};
		for (unsigned long i = 0; i < count; i++) {
			uint8_t data[64];
			toy_generate(&r.vtable, data, sizeof(data));
			size_t changes = data[63] % 5;
			data[0] &= data[62] % 16 == 0 ? 0xFF : 0x7F;
			uint8_t record = 0;
			for (size_t k = 0; k < changes; k++) {
				record = (uint8_t)(record + data[3 + 5 * k] % 6);
				data[3 + 5 * k] = record;
				data[5 + 5 * k] &= data[61] % 2 == 0 ? 0 : 1; /* near the beginning */
			}
			LLVMFuzzerTestOneInput(data, 3 + 5 * changes);
		}
	} else {
		for (int i = 1; i < argc; i++) {
			static uint8_t data[1 << 20];
			FILE *file = fopen(argv[i], "rb");
			if (file == NULL) {
				return 2;
			}
			size_t length = fread(data, 1, sizeof(data), file);
			fclose(file);
			LLVMFuzzerTestOneInput(data, length);
		}
	}
	printf("conversations %u, past ServerHello %u, connected %u, resumed %u\n", reached[2], reached[1], reached[0],
		   reached[3]);
	return 0;
}
#endif
