/**
 * What holds secrets, set up for timing.c and dudect.c: an RSA key exchange and a CBC record, each good or bad in one of
 * the ways that attackers use.
 */
#ifndef SECRETS_H
#define SECRETS_H

#include "identity.h"
#include "internal.h"
#include <string.h>

#define RSA_SIZE sizeof(RSA_MODULUS)

/** What a block is before encryption (RFC 8017 §7.2.1): 00 02 nonzero… 00 premaster. */
static inline void make_block(uint8_t *block, const char *variant)
{
	memset(block, 0x11, RSA_SIZE);
	block[0] = 0;
	block[1] = 2;
	block[RSA_SIZE - 49] = 0;
	memcpy(block + RSA_SIZE - 48, "\3\3", 2);
	if (strcmp(variant, "first") == 0) {
		block[0] = 1;
	} else if (strcmp(variant, "type") == 0) {
		block[1] = 1;
	} else if (strcmp(variant, "early") == 0) {
		block[5] = 0;
	} else if (strcmp(variant, "late") == 0) {
		block[RSA_SIZE - 49] = 0x11;
	} else if (strcmp(variant, "long") == 0) {
		block[RSA_SIZE - 49] = 0x11;
		block[RSA_SIZE - 50] = 0;
	} else if (strcmp(variant, "version") == 0) {
		block[RSA_SIZE - 47] = 1;
	} else if (strcmp(variant, "none") == 0) {
		memset(block + 2, 0x11, RSA_SIZE - 2);
	}
}

static inline void put_record(uint8_t *record, uint8_t type, const uint8_t *body, size_t length)
{
	record[0] = RECORD_HANDSHAKE;
	put16(record + 1, TLS12);
	put16(record + 3, (uint32_t)length + 4);
	record[5] = type;
	record[6] = 0;
	put16(record + 7, (uint32_t)length);
	memcpy(record + 9, body, length);
}

/** Settings of a server with an RSA key and RSA key exchange. Everything is static: once a process. */
static inline void make_rsa_settings(axtls_settings *settings, axtls_crypto *crypto)
{
	static br_skey_decoder_context decoder;
	static br_x509_certificate chain[1] = {{(unsigned char *)(uintptr_t)RSA_CERTIFICATE, sizeof(RSA_CERTIFICATE)}};
	static const uint16_t suites[1] = {0x009C};
	static br_hmac_drbg_context random;
	static axtls_identity identity;

	br_skey_decoder_init(&decoder);
	br_skey_decoder_push(&decoder, RSA_KEY, sizeof(RSA_KEY));
	identity = (axtls_identity){chain, 1, br_skey_decoder_get_rsa(&decoder), NULL};
	*crypto = *axtls_crypto_full();
	/* Without the processor's AES: valgrind shall see the software */
	crypto->aes_ctr = &br_aes_ct64_ctr_vtable;
	crypto->ghash = &br_ghash_ctmul64;
	br_hmac_drbg_init(&random, &br_sha256_vtable, "timing", 6);
	axtls_settings_init(settings);
	settings->crypto = crypto;
	settings->random = &random.vtable;
	settings->suites = suites;
	settings->suite_count = 1;
	settings->identities = &identity;
	settings->identity_count = 1;
}

/** A server that waits for ClientKeyExchange. */
static inline axtls_engine *make_waiting_server(const axtls_settings *settings)
{
	uint8_t hello[2 + 32 + 1 + 2 + 2 + 2] = {3, 3}, record[9 + sizeof(hello)];
	const uint8_t *output;
	axtls_engine *server = axtls_server_new(settings, NULL);

	memcpy(hello + 34, "\0\0\2\0\x9C\1\0", 7);
	put_record(record, CLIENT_HELLO, hello, sizeof(hello));
	axtls_engine_feed(server, record, sizeof(record));
	for (size_t length; (length = axtls_engine_peek_output(server, &output)) > 0;) {
		axtls_engine_consume_output(server, length);
	}
	return server;
}

#define CBC_MAC 32
#define CBC_TOTAL 400 /**< bytes after the initialisation vector */
#define CBC_RECORD (16 + CBC_TOTAL)

/** Encrypt a MAC-then-encrypt record. @return length of its plaintext; *bad: it must not be accepted */
static inline size_t make_cbc_record(uint8_t *record, const uint8_t *key, const uint8_t *mac_key, const char *variant,
									 bool *bad)
{
	memset(record, 0, CBC_RECORD);
	uint8_t *plain = record + 16, iv[16] = {0};
	size_t pad = strcmp(variant, "shortpad") == 0 ? 255 : strcmp(variant, "good") == 0 ? 239 : 207;
	size_t length = CBC_TOTAL - CBC_MAC - pad - 1;
	uint8_t header[13] = {0, 0, 0, 0, 0, 0, 0, 0, RECORD_DATA, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};

	br_hmac_key_context mac;
	br_hmac_context context;
	br_hmac_key_init(&mac, &br_sha256_vtable, mac_key, CBC_MAC);
	br_hmac_init(&context, &mac, 0);
	br_hmac_update(&context, header, sizeof(header));
	br_hmac_update(&context, plain, length);
	br_hmac_out(&context, plain + length);
	memset(plain + length + CBC_MAC, (int)pad, pad + 1);
	*bad = true;
	if (strcmp(variant, "mac") == 0) {
		plain[length] ^= 1;
	} else if (strcmp(variant, "maclast") == 0) {
		plain[length + CBC_MAC - 1] ^= 1;
	} else if (strcmp(variant, "padfirst") == 0) {
		plain[length + CBC_MAC] ^= 1;
	} else if (strcmp(variant, "padlast") == 0) {
		plain[CBC_TOTAL - 2] ^= 1;
	} else if (strcmp(variant, "padlength") == 0) {
		plain[CBC_TOTAL - 1] ^= 1;
	} else {
		*bad = false;
	}
	br_aes_ct64_cbcenc_keys encryption;
	br_aes_ct64_cbcenc_init(&encryption, key, 16);
	br_aes_ct64_cbcenc_run(&encryption, iv, plain, CBC_TOTAL);
	return length;
}

/** The protection that opens such a record, and no second one. */
static inline protection *make_cbc_protection(const axtls_crypto *crypto, const uint8_t *key, const uint8_t *mac_key)
{
	protection_secrets secrets = {mac_key, key, NULL};
	return protection_new(&axtls_memory_default, crypto, NULL, &suite_table[suite_find(0xC027)], false, false, &secrets);
}

/** Compares as one must not. @return 1 for equal */
__attribute__((noinline, noclone)) static int leaky_compare(const uint8_t *a, const uint8_t *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (a[i] != b[i]) {
			return 0;
		}
	}
	return 1;
}

#endif
