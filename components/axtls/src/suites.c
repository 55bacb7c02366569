#include "suites.h"

#define ECDHE true
#define STATIC false
#define RSA BR_KEYTYPE_RSA
#define EC BR_KEYTYPE_EC

/* RFC 5289, RFC 7905, RFC 8422, RFC 5288, RFC 5246 §A.5. At most 32 rows: sets of suites are 32 bits. */
const suite suite_table[SUITE_COUNT] = {
	{0xCCA9, ECDHE, EC, CIPHER_CHACHA, 32, 0, br_sha256_ID},
	{0xCCA8, ECDHE, RSA, CIPHER_CHACHA, 32, 0, br_sha256_ID},
	{0xC02B, ECDHE, EC, CIPHER_GCM, 16, 0, br_sha256_ID},
	{0xC02F, ECDHE, RSA, CIPHER_GCM, 16, 0, br_sha256_ID},
	{0xC02C, ECDHE, EC, CIPHER_GCM, 32, 0, br_sha384_ID},
	{0xC030, ECDHE, RSA, CIPHER_GCM, 32, 0, br_sha384_ID},
	{0xC023, ECDHE, EC, CIPHER_CBC, 16, 32, br_sha256_ID},
	{0xC027, ECDHE, RSA, CIPHER_CBC, 16, 32, br_sha256_ID},
	{0xC024, ECDHE, EC, CIPHER_CBC, 32, 48, br_sha384_ID},
	{0xC028, ECDHE, RSA, CIPHER_CBC, 32, 48, br_sha384_ID},
	{0xC009, ECDHE, EC, CIPHER_CBC, 16, 20, br_sha256_ID},
	{0xC013, ECDHE, RSA, CIPHER_CBC, 16, 20, br_sha256_ID},
	{0xC00A, ECDHE, EC, CIPHER_CBC, 32, 20, br_sha256_ID},
	{0xC014, ECDHE, RSA, CIPHER_CBC, 32, 20, br_sha256_ID},
	{0x009C, STATIC, RSA, CIPHER_GCM, 16, 0, br_sha256_ID},
	{0x009D, STATIC, RSA, CIPHER_GCM, 32, 0, br_sha384_ID},
	{0x003C, STATIC, RSA, CIPHER_CBC, 16, 32, br_sha256_ID},
	{0x003D, STATIC, RSA, CIPHER_CBC, 32, 32, br_sha256_ID},
	{0x002F, STATIC, RSA, CIPHER_CBC, 16, 20, br_sha256_ID},
	{0x0035, STATIC, RSA, CIPHER_CBC, 32, 20, br_sha256_ID},
};

const group group_table[GROUP_COUNT] = {
	{BR_EC_curve25519, 32, 32},
	{BR_EC_secp256r1, 65, 32},
	{BR_EC_secp384r1, 97, 48},
	{BR_EC_secp521r1, 133, 66},
};

const scheme scheme_table[SCHEME_COUNT] = {
	{0x0403, SCHEME_ECDSA, br_sha256_ID}, {0x0804, SCHEME_PSS, br_sha256_ID},	{0x0401, SCHEME_PKCS1, br_sha256_ID},
	{0x0503, SCHEME_ECDSA, br_sha384_ID}, {0x0805, SCHEME_PSS, br_sha384_ID},	{0x0501, SCHEME_PKCS1, br_sha384_ID},
	{0x0603, SCHEME_ECDSA, br_sha512_ID}, {0x0806, SCHEME_PSS, br_sha512_ID},	{0x0601, SCHEME_PKCS1, br_sha512_ID},
};

size_t suite_find(uint16_t id)
{
	size_t row = 0;
	while (row < SUITE_COUNT && suite_table[row].id != id) {
		row++;
	}
	return row;
}

bool suite_is_available(const suite *s, const axtls_crypto *crypto)
{
	switch (s->cipher) {
	case CIPHER_GCM:
		if (crypto->aes_ctr == NULL || crypto->ghash == NULL) {
			return false;
		}
		break;
	case CIPHER_CHACHA:
		if (crypto->chacha20 == NULL || crypto->poly1305 == NULL) {
			return false;
		}
		break;
	default:
		if (crypto->aes_cbcenc == NULL || crypto->aes_cbcdec == NULL || crypto->cbc_in == NULL) {
			return false;
		}
		if ((s->mac_length == 20 && crypto->sha1 == NULL) || (s->mac_length == 48 && crypto->sha384 == NULL)) {
			return false;
		}
		break;
	}
	if (s->prf == br_sha384_ID && (crypto->sha384 == NULL || crypto->prf_sha384 == NULL)) {
		return false;
	}
	return !s->ephemeral || crypto->ec != NULL;
}

size_t suite_iv_length(const suite *s)
{
	switch (s->cipher) {
	case CIPHER_GCM:
		return 4;
	case CIPHER_CHACHA:
		return 12;
	default:
		return 0;
	}
}

size_t group_find(uint16_t id)
{
	size_t row = 0;
	while (row < GROUP_COUNT && group_table[row].id != id) {
		row++;
	}
	return row;
}

uint8_t group_mask(const axtls_crypto *crypto)
{
	unsigned mask = 0;
	for (size_t row = 0; row < GROUP_COUNT; row++) {
		if (crypto->ec != NULL && ((crypto->ec->supported_curves >> group_table[row].id) & 1) != 0) {
			mask |= 1u << row;
		}
	}
	return (uint8_t)mask;
}

size_t scheme_find(uint16_t id)
{
	size_t row = 0;
	while (row < SCHEME_COUNT && scheme_table[row].id != id) {
		row++;
	}
	return row;
}

uint8_t scheme_key_type(const scheme *s)
{
	return s->kind == SCHEME_ECDSA ? EC : RSA;
}

uint16_t scheme_verify_mask(const axtls_crypto *crypto)
{
	unsigned mask = 0;
	for (size_t row = 0; row < SCHEME_COUNT; row++) {
		const scheme *s = &scheme_table[row];
		bool able = s->kind == SCHEME_ECDSA	 ? crypto->ec != NULL && crypto->ecdsa_vrfy != NULL
					: s->kind == SCHEME_PSS ? crypto->rsa_public != NULL
											 : crypto->rsa_vrfy != NULL;
		if (able && hash_by_id(crypto, s->hash) != NULL) {
			mask |= 1u << row;
		}
	}
	return (uint16_t)mask;
}

const br_hash_class *hash_by_id(const axtls_crypto *crypto, unsigned id)
{
	switch (id) {
	case br_sha256_ID:
		return &br_sha256_vtable;
	case br_sha384_ID:
		return crypto->sha384;
	case br_sha512_ID:
		return crypto->sha512;
	default:
		return NULL;
	}
}
