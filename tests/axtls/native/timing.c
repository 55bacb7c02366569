/**
 * What must not depend on secrets, to be looked at by valgrind (tests/axtls/test_timing.py).
 *
 *   timing rsa VARIANT   a server gets an encrypted premaster secret, good or bad in one of the ways that attackers use
 *   timing cbc VARIANT   a MAC-then-encrypt record is opened, good or bad
 *   timing leak VARIANT  the control: a check that looks at secrets, which the test must notice
 *
 * Under memcheck what the RSA core returns counts as undefined, so that each branch and index that depends on it is
 * reported. Under callgrind the instructions of one function are counted, for all variants.
 */
#include "identity.h"
#include "internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

static br_rsa_private real_private;

static uint32_t marking_private(unsigned char *x, const br_rsa_private_key *key)
{
	uint32_t good = real_private(x, key);
	VALGRIND_MAKE_MEM_UNDEFINED(x, (key->n_bitlen + 7) / 8);
	return good;
}

/** What a block before encryption looks like: 00 02 nonzero… 00 premaster. */
static void spoil_block(uint8_t *block, size_t size, const char *variant)
{
	if (strcmp(variant, "first") == 0) {
		block[0] = 1;
	} else if (strcmp(variant, "type") == 0) {
		block[1] = 1;
	} else if (strcmp(variant, "early") == 0) {
		block[5] = 0;
	} else if (strcmp(variant, "late") == 0) {
		block[size - 49] = 0x11;
	} else if (strcmp(variant, "long") == 0) {
		block[size - 49] = 0x11;
		block[size - 50] = 0;
	} else if (strcmp(variant, "version") == 0) {
		block[size - 47] = 1;
	} else if (strcmp(variant, "none") == 0) {
		memset(block + 2, 0x11, size - 2);
	}
}

static void put_record(uint8_t *record, uint8_t type, const uint8_t *body, size_t length)
{
	record[0] = RECORD_HANDSHAKE;
	put16(record + 1, TLS12);
	put16(record + 3, (uint32_t)length + 4);
	record[5] = type;
	record[6] = 0;
	put16(record + 7, (uint32_t)length);
	memcpy(record + 9, body, length);
}

static int rsa(const char *variant)
{
	static br_skey_decoder_context decoder;
	static br_x509_certificate chain[1] = {{(unsigned char *)(uintptr_t)RSA_CERTIFICATE, sizeof(RSA_CERTIFICATE)}};
	static const uint16_t suites[1] = {0x009C};
	br_skey_decoder_init(&decoder);
	br_skey_decoder_push(&decoder, RSA_KEY, sizeof(RSA_KEY));
	axtls_identity identity = {chain, 1, br_skey_decoder_get_rsa(&decoder), NULL};

	br_hmac_drbg_context random;
	axtls_settings settings;
	axtls_crypto crypto = *axtls_crypto_full();
	real_private = crypto.rsa_private;
	crypto.rsa_private = marking_private;
	/* Without the processor's AES: valgrind shall see the software */
	crypto.aes_ctr = &br_aes_ct64_ctr_vtable;
	crypto.ghash = &br_ghash_ctmul64;
	br_hmac_drbg_init(&random, &br_sha256_vtable, "timing", 6);
	axtls_settings_init(&settings);
	settings.crypto = &crypto;
	settings.random = &random.vtable;
	settings.suites = suites;
	settings.suite_count = 1;
	settings.identities = &identity;
	settings.identity_count = 1;

	uint8_t hello[2 + 32 + 1 + 2 + 2 + 2] = {3, 3};
	uint8_t block[2 + sizeof(RSA_MODULUS)], record[sizeof(block) + 16];
	memcpy(hello + 34, "\0\0\2\0\x9C\1\0", 7);
	size_t size = sizeof(RSA_MODULUS);
	put16(block, (uint32_t)size);
	memset(block + 2, 0x11, size);
	block[2] = 0;
	block[3] = 2;
	block[2 + size - 49] = 0;
	memcpy(block + 2 + size - 48, "\3\3", 2);
	spoil_block(block + 2, size, variant);
	br_rsa_public_key key = {(unsigned char *)(uintptr_t)RSA_MODULUS, size, (unsigned char *)(uintptr_t) "\1\0\1", 3};
	if (!crypto.rsa_public(block + 2, size, &key)) {
		return 2;
	}
	axtls_engine *server = axtls_server_new(&settings, NULL);
	const uint8_t *output;
	put_record(record, CLIENT_HELLO, hello, sizeof(hello));
	axtls_engine_feed(server, record, 9 + sizeof(hello));
	for (size_t length; (length = axtls_engine_peek_output(server, &output)) > 0;) {
		axtls_engine_consume_output(server, length);
	}
	put_record(record, CLIENT_KEY_EXCHANGE, block, sizeof(block));
	axtls_engine_feed(server, record, 9 + sizeof(block));
	return axtls_engine_get_error(server) == AXTLS_ERROR_NONE ? 0 : 3;
}

#define DATA 100
#define MAC 32
#define TOTAL 400

/** A record of TOTAL bytes after the IV, of which `pad` + 1 are padding. */
static int cbc(const char *variant)
{
	static const uint8_t key[16] = {1}, mac_key[MAC] = {2};
	axtls_crypto crypto = *axtls_crypto_full();
	crypto.aes_cbcdec = &br_aes_ct64_cbcdec_vtable;
	protection_secrets secrets = {mac_key, key, NULL};
	protection *p = protection_new(&axtls_memory_default, &crypto, NULL, &suite_table[suite_find(0xC027)], false, false,
								   &secrets);
	uint8_t record[16 + TOTAL] = {0}, iv[16] = {0};
	uint8_t *plain = record + 16;
	size_t pad = strcmp(variant, "shortpad") == 0 ? 255 : strcmp(variant, "good") == 0 ? 239 : 207;
	size_t length = TOTAL - MAC - pad - 1;
	uint8_t header[13] = {0, 0, 0, 0, 0, 0, 0, 0, RECORD_DATA, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};

	br_hmac_key_context mac;
	br_hmac_context context;
	br_hmac_key_init(&mac, &br_sha256_vtable, mac_key, sizeof(mac_key));
	br_hmac_init(&context, &mac, 0);
	br_hmac_update(&context, header, sizeof(header));
	br_hmac_update(&context, plain, length);
	br_hmac_out(&context, plain + length);
	memset(plain + length + MAC, (int)pad, pad + 1);
	bool bad = true;
	if (strcmp(variant, "mac") == 0) {
		plain[length] ^= 1;
	} else if (strcmp(variant, "maclast") == 0) {
		plain[length + MAC - 1] ^= 1;
	} else if (strcmp(variant, "padfirst") == 0) {
		plain[length + MAC] ^= 1;
	} else if (strcmp(variant, "padlast") == 0) {
		plain[TOTAL - 2] ^= 1;
	} else if (strcmp(variant, "padlength") == 0) {
		plain[TOTAL - 1] ^= 1;
	} else {
		bad = false;
	}
	br_aes_ct64_cbcenc_keys encryption;
	br_aes_ct64_cbcenc_init(&encryption, key, sizeof(key));
	br_aes_ct64_cbcenc_run(&encryption, iv, plain, TOTAL);
	size_t start, found = 0;
	bool good = protection_open(p, RECORD_DATA, record, sizeof(record), &start, &found);
	protection_free(p, &axtls_memory_default);
	return good == !bad && (bad || found == length) ? 0 : 4;
}

/** Compares as one must not. */
__attribute__((noinline)) int leaky_compare(const uint8_t *a, const uint8_t *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (a[i] != b[i]) {
			return 0;
		}
	}
	return 1;
}

static int leak(const char *variant)
{
	static uint8_t a[48], b[48];
	b[strcmp(variant, "late") == 0 ? 40 : 0] = 1;
	VALGRIND_MAKE_MEM_UNDEFINED(b, sizeof(b));
	return leaky_compare(a, b, sizeof(a)) != 0;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		return 1;
	}
	return strcmp(argv[1], "rsa") == 0 ? rsa(argv[2]) : strcmp(argv[1], "cbc") == 0 ? cbc(argv[2]) : leak(argv[2]);
}
