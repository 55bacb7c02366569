#include "pss.h"
#include "transcript.h"
#include <string.h>

static size_t hash_size(const br_hash_class *hash_class)
{
	return hash_class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

/** Length of the encoded message: that of the modulus less one bit. */
static size_t encoded_length(size_t modulus_bits)
{
	return (modulus_bits - 1 + 7) / 8;
}

bool pss_fits(const br_hash_class *hash_class, size_t modulus_bits)
{
	return modulus_bits > 8 && encoded_length(modulus_bits) >= 2 * hash_size(hash_class) + 2;
}

/** MGF1 (RFC 8017 §B.2.1), added onto the data. */
static void mask(const br_hash_class *hash_class, const uint8_t *seed, uint8_t *data, size_t length)
{
	size_t size = hash_size(hash_class);
	br_hash_compat_context context;
	uint8_t block[MAX_HASH];

	for (uint32_t counter = 0; length > 0; counter++) {
		uint8_t number[4] = {(uint8_t)(counter >> 24), (uint8_t)(counter >> 16), (uint8_t)(counter >> 8),
							 (uint8_t)counter};
		hash_class->init(&context.vtable);
		hash_class->update(&context.vtable, seed, size);
		hash_class->update(&context.vtable, number, sizeof(number));
		hash_class->out(&context.vtable, block);
		for (size_t i = 0; i < size && length > 0; i++, length--) {
			*data++ ^= block[i];
		}
	}
}

/** H = Hash(8 zeros, hash, salt) (§9.1.1 step 6). */
static void bind(const br_hash_class *hash_class, const uint8_t *hash, const uint8_t *salt, uint8_t *out)
{
	static const uint8_t zeros[8] = {0};
	size_t size = hash_size(hash_class);
	br_hash_compat_context context;

	hash_class->init(&context.vtable);
	hash_class->update(&context.vtable, zeros, sizeof(zeros));
	hash_class->update(&context.vtable, hash, size);
	hash_class->update(&context.vtable, salt, size);
	hash_class->out(&context.vtable, out);
}

bool pss_sign(br_rsa_private core, const br_rsa_private_key *key, const br_hash_class *hash_class, const uint8_t *hash,
			  const br_prng_class **random, uint8_t *signature)
{
	size_t bits = key->n_bitlen, size = hash_size(hash_class);
	if (!pss_fits(hash_class, bits)) {
		return false;
	}
	size_t length = encoded_length(bits);
	uint8_t *encoded = signature;
	if (length < (bits + 7) / 8) {
		*encoded++ = 0;
	}
	size_t data_length = length - size - 1;
	uint8_t *salt = encoded + data_length - size;

	memset(encoded, 0, length);
	(*random)->generate(random, salt, size);
	salt[-1] = 1;
	bind(hash_class, hash, salt, encoded + data_length);
	mask(hash_class, encoded + data_length, encoded, data_length);
	encoded[0] &= (uint8_t)(0xFF >> (8 * length - (bits - 1)));
	encoded[length - 1] = 0xBC;
	return core(signature, key) != 0;
}

static size_t modulus_bits(const br_rsa_public_key *key)
{
	size_t at = 0;
	while (at < key->nlen && key->n[at] == 0) {
		at++;
	}
	if (at == key->nlen) {
		return 0;
	}
	size_t bits = 8 * (key->nlen - at);
	for (unsigned top = key->n[at]; top < 0x80; top <<= 1) {
		bits--;
	}
	return bits;
}

bool pss_verify(br_rsa_public core, const br_rsa_public_key *key, const br_hash_class *hash_class, const uint8_t *hash,
				uint8_t *signature, size_t length)
{
	size_t bits = modulus_bits(key), size = hash_size(hash_class);
	if (!pss_fits(hash_class, bits) || length != (bits + 7) / 8 || !core(signature, length, key)) {
		return false;
	}
	size_t encoded_size = encoded_length(bits);
	uint8_t *encoded = signature;
	if (encoded_size < length && *encoded++ != 0) {
		return false;
	}
	size_t data_length = encoded_size - size - 1, zeros = data_length - size - 1;
	uint8_t top = (uint8_t)(0xFF >> (8 * encoded_size - (bits - 1)));
	uint8_t expected[MAX_HASH];

	if (encoded[encoded_size - 1] != 0xBC || (encoded[0] & ~top) != 0) {
		return false;
	}
	mask(hash_class, encoded + data_length, encoded, data_length);
	encoded[0] &= top;
	for (size_t i = 0; i < zeros; i++) {
		if (encoded[i] != 0) {
			return false;
		}
	}
	if (encoded[zeros] != 1) {
		return false;
	}
	bind(hash_class, hash, encoded + zeros + 1, expected);
	return memcmp(expected, encoded + data_length, size) == 0;
}
