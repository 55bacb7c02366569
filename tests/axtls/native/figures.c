/**
 * What a server's connection takes: heap and stack of the server alone, in a handshake with a client of ours.
 *
 * Plain C without an operating system, to be run on whatever has pointers of the real size. identity.h is generated
 * (tests/axtls/figures.py): CERTIFICATE and KEY as arrays for EC and RSA.
 *
 * Stack: the region below is painted before each call into the server and searched afterwards. Heap: counted by the
 * allocator, with 8 bytes for each block's management. The peak of both together is taken call by call.
 */
#include "identity.h"
#include <axtls/engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAINTED 16000
#define OVERHEAD 8

static size_t held, peak;

static void *allocate(void *param, size_t size, axtls_memory_tag tag)
{
	(void)tag;
	if (param != NULL) {
		held += size + OVERHEAD;
		peak = held > peak ? held : peak;
	}
	return malloc(size);
}

static void release(void *param, void *block, size_t size, axtls_memory_tag tag)
{
	(void)tag;
	if (param != NULL) {
		held -= size + OVERHEAD;
	}
	free(block);
}

static const axtls_memory counted = {allocate, release, &held}, uncounted = {allocate, release, NULL};

/* The two functions have the same frame at the same place; reading what the other one left there is the point */
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"

static __attribute__((noinline)) void paint(void)
{
	volatile uint8_t region[PAINTED];
	for (size_t i = 0; i < PAINTED; i++) {
		region[i] = 0x5A;
	}
}

static __attribute__((noinline)) size_t painted_over(void)
{
	volatile uint8_t region[PAINTED];
	size_t i = 64; /* the lowest bytes are this function's own */
	while (i < PAINTED && region[i] == 0x5A) {
		i++;
	}
	return PAINTED - i;
}

static struct {
	size_t stack, heap, both;
} most;

static void note(void)
{
	size_t stack = painted_over();
	most.stack = stack > most.stack ? stack : most.stack;
	most.heap = peak > most.heap ? peak : most.heap;
	most.both = stack + peak > most.both ? stack + peak : most.both;
	peak = held;
}

/** Accepts any certificate: what a validator takes is not the server's matter. */
static br_x509_knownkey_context known;

static const br_x509_class **get_validator(void *param, axtls_engine *engine)
{
	(void)param;
	(void)engine;
	return &known.vtable;
}

static size_t step(axtls_engine *server, axtls_engine *client)
{
	const uint8_t *data;
	size_t moved = 0;
	for (;;) {
		paint();
		size_t length = axtls_engine_peek_output(server, &data);
		note();
		if (length == 0) {
			break;
		}
		moved += length;
		axtls_engine_feed(client, data, length);
		axtls_engine_consume_output(server, length);
	}
	for (;;) {
		size_t length = axtls_engine_peek_output(client, &data);
		if (length == 0) {
			break;
		}
		moved += length;
		paint();
		axtls_engine_feed(server, data, length);
		note();
		axtls_engine_consume_output(client, length);
	}
	return moved;
}

static int run(const char *name, uint16_t suite, const axtls_identity *identity, const br_x509_pkey *key)
{
	static const uint8_t text[1024];
	br_hmac_drbg_context random;
	axtls_settings settings, client_settings;
	const uint8_t *data;

	br_hmac_drbg_init(&random, &br_sha256_vtable, name, strlen(name));
	axtls_settings_init(&settings);
	settings.random = &random.vtable;
	settings.suites = &suite;
	settings.suite_count = 1;
	settings.get_validator = get_validator;
	settings.memory = &uncounted;
	client_settings = settings;
	settings.memory = &counted;
	settings.identities = identity;
	settings.identity_count = 1;
	known.vtable = &br_x509_knownkey_vtable;
	known.pkey = *key;
	known.usages = BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;

	memset(&most, 0, sizeof(most));
	held = peak = 0;
	axtls_engine *client = axtls_client_new(&client_settings, NULL, "server.example", NULL, NULL, 0);
	axtls_engine *server = axtls_server_new(&settings, NULL);
	while (step(server, client) > 0) {
	}
	if (!axtls_engine_is_connected(server) || !axtls_engine_is_connected(client)) {
		printf("%s: no connection\n", name);
		return 1;
	}
	size_t handshake_heap = most.heap, handshake_stack = most.stack, handshake_both = most.both;
	axtls_engine_write(client, text, sizeof(text));
	axtls_engine_flush(client);
	memset(&most, 0, sizeof(most));
	step(server, client);
	axtls_engine_consume_input(server, axtls_engine_peek_input(server, &data));
	printf("%-24s idle %4zu heap; handshake %5zu heap + %5zu stack, %5zu together; 1 KB record %4zu heap + %4zu stack\n", name,
		   held, handshake_heap, handshake_stack, handshake_both, most.heap, most.stack);
	axtls_engine_free(server);
	axtls_engine_free(client);
	return held != 0;
}

int main(void)
{
	static br_skey_decoder_context ec_decoder, rsa_decoder;
	static br_x509_certificate ec_chain[1] = {{(unsigned char *)EC_CERTIFICATE, sizeof(EC_CERTIFICATE)}};
	static br_x509_certificate rsa_chain[1] = {{(unsigned char *)RSA_CERTIFICATE, sizeof(RSA_CERTIFICATE)}};
	br_skey_decoder_init(&ec_decoder);
	br_skey_decoder_push(&ec_decoder, EC_KEY, sizeof(EC_KEY));
	br_skey_decoder_init(&rsa_decoder);
	br_skey_decoder_push(&rsa_decoder, RSA_KEY, sizeof(RSA_KEY));
	axtls_identity ec = {ec_chain, 1, NULL, br_skey_decoder_get_ec(&ec_decoder)};
	axtls_identity rsa = {rsa_chain, 1, br_skey_decoder_get_rsa(&rsa_decoder), NULL};

	br_x509_pkey ec_key = {.key_type = BR_KEYTYPE_EC, .key.ec = {BR_EC_secp256r1, (unsigned char *)EC_POINT, 65}};
	br_x509_pkey rsa_key = {.key_type = BR_KEYTYPE_RSA};
	rsa_key.key.rsa.n = (unsigned char *)RSA_MODULUS;
	rsa_key.key.rsa.nlen = sizeof(RSA_MODULUS);
	rsa_key.key.rsa.e = (unsigned char *)"\1\0\1";
	rsa_key.key.rsa.elen = 3;

	return run("ECDHE-ECDSA-CHACHA20", 0xCCA9, &ec, &ec_key) + run("ECDHE-ECDSA-GCM", 0xC02B, &ec, &ec_key) +
		   run("ECDHE-ECDSA-CBC-SHA256", 0xC023, &ec, &ec_key) + run("RSA-GCM", 0x009C, &rsa, &rsa_key) +
		   run("RSA-CBC-SHA256", 0x003C, &rsa, &rsa_key) + run("ECDHE-RSA-GCM", 0xC02F, &rsa, &rsa_key);
}
