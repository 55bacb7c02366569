/**
 * What must not depend on secrets, to be looked at by valgrind (tests/axtls/test_timing.py).
 *
 *   timing rsa VARIANT      a server gets an encrypted premaster secret, good or bad in one of the ways of secrets.h
 *   timing cbc VARIANT      a MAC-then-encrypt record is opened, good or bad
 *   timing compare VARIANT  two secrets are compared that differ early, late or not at all
 *   timing leak VARIANT     the control: a check that looks at secrets, which the test must notice
 *
 * Under memcheck what the RSA core and the block cipher return counts as undefined, so that each branch and index that
 * depends on it is reported. Under callgrind the instructions of one function are counted, for all variants.
 */
#include "secrets.h"
#include <stdio.h>
#include <stdlib.h>
#include <valgrind/memcheck.h>

static br_rsa_private real_private;

static uint32_t marking_private(unsigned char *x, const br_rsa_private_key *key)
{
	uint32_t good = real_private(x, key);
	VALGRIND_MAKE_MEM_UNDEFINED(x, (key->n_bitlen + 7) / 8);
	return good;
}

static int rsa(const char *variant)
{
	axtls_crypto crypto;
	axtls_settings settings;
	make_rsa_settings(&settings, &crypto);
	real_private = crypto.rsa_private;
	crypto.rsa_private = marking_private;

	uint8_t body[2 + RSA_SIZE], record[9 + sizeof(body)];
	put16(body, RSA_SIZE);
	make_block(body + 2, variant);
	br_rsa_public_key key = {(unsigned char *)(uintptr_t)RSA_MODULUS, RSA_SIZE, (unsigned char *)(uintptr_t) "\1\0\1", 3};
	if (!crypto.rsa_public(body + 2, RSA_SIZE, &key)) {
		return 2;
	}
	axtls_engine *server = make_waiting_server(&settings);
	put_record(record, CLIENT_KEY_EXCHANGE, body, sizeof(body));
	axtls_engine_feed(server, record, sizeof(record));
	return axtls_engine_get_error(server) == AXTLS_ERROR_NONE ? 0 : 3;
}

/** The block cipher's last step: what it decrypted is secret until the verdict. */
static void marking_decryption(const br_block_cbcdec_class *const *context, void *iv, void *data, size_t length)
{
	br_aes_ct64_cbcdec_vtable.run(context, iv, data, length);
	VALGRIND_MAKE_MEM_UNDEFINED(data, length);
}

static br_block_cbcdec_class marking;

static void marking_init(const br_block_cbcdec_class **context, const void *key, size_t length)
{
	br_aes_ct64_cbcdec_vtable.init(context, key, length);
	*context = &marking;
}

static int cbc(const char *variant)
{
	static const uint8_t key[16] = {1}, mac_key[CBC_MAC] = {2};
	marking = br_aes_ct64_cbcdec_vtable;
	marking.init = marking_init;
	marking.run = marking_decryption;
	axtls_crypto crypto = *axtls_crypto_full();
	crypto.aes_cbcdec = &marking;
	protection *p = make_cbc_protection(&crypto, key, mac_key);
	uint8_t record[CBC_RECORD];
	bool bad;
	size_t length = make_cbc_record(record, key, mac_key, variant, &bad), start = 0, found = 0;
	bool good = protection_open(p, RECORD_DATA, record, sizeof(record), &start, &found);
	protection_free(p, &axtls_memory_default);
	VALGRIND_MAKE_MEM_DEFINED(&found, sizeof(found));
	return good == !bad && (bad || found == length) ? 0 : 4;
}

/** Leave the verdict, which everybody may see, defined. */
static int compare(const char *variant)
{
	static uint8_t a[48], b[48];
	int place = strcmp(variant, "early") == 0 ? 0 : strcmp(variant, "late") == 0 ? 47 : -1;
	if (place >= 0) {
		b[place] = 1;
	}
	VALGRIND_MAKE_MEM_UNDEFINED(a, sizeof(a));
	VALGRIND_MAKE_MEM_UNDEFINED(b, sizeof(b));
	bool equal = tls_equal(a, b, sizeof(a));
	VALGRIND_MAKE_MEM_DEFINED(&equal, sizeof(equal));
	return equal == (place < 0) ? 0 : 5;
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
	return strcmp(argv[1], "rsa") == 0		 ? rsa(argv[2])
		   : strcmp(argv[1], "cbc") == 0	 ? cbc(argv[2])
		   : strcmp(argv[1], "compare") == 0 ? compare(argv[2])
											 : leak(argv[2]);
}
