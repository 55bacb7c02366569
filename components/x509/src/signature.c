/** Verification of a certificate's signature with its issuer's key. */
#include "internal.h"

static const unsigned char *hash_oid(uint8_t hash)
{
	switch(hash) {
	case br_sha256_ID:
		return BR_HASH_OID_SHA256;
	case br_sha384_ID:
		return BR_HASH_OID_SHA384;
	default:
		return BR_HASH_OID_SHA512;
	}
}

static size_t hash_size(const br_hash_class *hash)
{
	return (hash->desc >> BR_HASHDESC_OUT_OFF) & BR_HASHDESC_OUT_MASK;
}

/** XOR the mask that MGF1 makes of a seed onto a block (RFC 8017 §B.2.1). */
static void apply_mask(const br_hash_class *hash, const uint8_t *seed, uint8_t *block, size_t length)
{
	br_hash_compat_context context;
	uint8_t mask[64];
	size_t size = hash_size(hash);

	for(uint8_t counter = 0; length != 0; ++counter) {
		const uint8_t octets[4] = {0, 0, 0, counter}; // 512 bytes take 16 rounds
		size_t part = (length < size) ? length : size;
		hash->init(&context.vtable);
		hash->update(&context.vtable, seed, size);
		hash->update(&context.vtable, octets, sizeof(octets));
		hash->out(&context.vtable, mask);
		for(size_t i = 0; i < part; ++i) {
			block[i] ^= mask[i];
		}
		block += part;
		length -= part;
	}
}

/**
 * RSASSA-PSS-VERIFY and EMSA-PSS-VERIFY (RFC 8017 §8.1.2, §9.1.2).
 * @param block the signature, as long as the modulus; overwritten
 */
static bool verify_pss(const br_hash_class *hash, const uint8_t *digest, size_t salt_length, uint8_t *block,
					   size_t length, unsigned modulus_bits)
{
	static const uint8_t padding[8] = {0};
	br_hash_compat_context context;
	uint8_t computed[64];
	size_t size = hash_size(hash);
	unsigned bits = modulus_bits - 1;

	if(bits % 8 == 0) {
		// the encoded message is one octet shorter than the modulus
		if(block[0] != 0) {
			return false;
		}
		++block;
		--length;
	}
	if(length < size + salt_length + 2 || block[length - 1] != 0xBC) {
		return false;
	}
	size_t db_length = length - size - 1;
	const uint8_t *h = block + db_length;
	uint8_t unused = (uint8_t)((bits % 8 == 0) ? 0 : 0xFF << (bits % 8));
	if((block[0] & unused) != 0) {
		return false;
	}
	apply_mask(hash, h, block, db_length);
	block[0] = (uint8_t)(block[0] & ~unused);

	size_t zeros = db_length - salt_length - 1;
	for(size_t i = 0; i < zeros; ++i) {
		if(block[i] != 0) {
			return false;
		}
	}
	if(block[zeros] != 0x01) {
		return false;
	}
	hash->init(&context.vtable);
	hash->update(&context.vtable, padding, sizeof(padding));
	hash->update(&context.vtable, digest, size);
	hash->update(&context.vtable, block + zeros + 1, salt_length);
	hash->out(&context.vtable, computed);
	return memcmp(computed, h, size) == 0;
}

static unsigned modulus_bits(const br_rsa_public_key *key)
{
	size_t skip = 0;
	while(skip < key->nlen && key->n[skip] == 0) {
		++skip;
	}
	if(skip == key->nlen) {
		return 0;
	}
	unsigned bits = (unsigned)(key->nlen - skip) * 8;
	for(uint8_t top = key->n[skip]; top < 0x80; top = (uint8_t)(top << 1)) {
		--bits;
	}
	return bits;
}

x509_error x509_verify(x509_context *ctx, const br_x509_pkey *key, bool in_place)
{
	const x509_config *config = ctx->config;
	const br_hash_class *hash = x509_hash_class(ctx, ctx->waiting_hash);
	bool rsa = ctx->waiting_algorithm == X509_SIGNATURE_RSA || ctx->waiting_algorithm == X509_SIGNATURE_PSS;

	if(hash == NULL) {
		return X509_ERROR_UNSUPPORTED_SIGNATURE; // not reached: checked when the certificate ended
	}
	if(key->key_type != (rsa ? BR_KEYTYPE_RSA : BR_KEYTYPE_EC)) {
		return X509_ERROR_BAD_SIGNATURE;
	}

	if(ctx->waiting_algorithm == X509_SIGNATURE_RSA) {
		uint8_t digest[64];
		bool good = config->rsa_pkcs1_vrfy(ctx->signature, ctx->signature_length, hash_oid(ctx->waiting_hash),
										   hash_size(hash), &key->key.rsa, digest) == 1 &&
					memcmp(digest, ctx->tbs_digest, hash_size(hash)) == 0;
		return good ? X509_ERROR_NONE : X509_ERROR_BAD_SIGNATURE;
	}

	if(ctx->waiting_algorithm == X509_SIGNATURE_ECDSA) {
		bool good = config->ecdsa_vrfy(config->ec, ctx->tbs_digest, hash_size(hash), &key->key.ec, ctx->signature,
									   ctx->signature_length) == 1;
		return good ? X509_ERROR_NONE : X509_ERROR_BAD_SIGNATURE;
	}

	unsigned bits = modulus_bits(&key->key.rsa);
	if(bits == 0 || ctx->signature_length != (bits + 7) / 8) {
		return X509_ERROR_BAD_SIGNATURE;
	}
	uint8_t *block = ctx->signature;
	if(!in_place) {
		block = ctx->work;
		memcpy(block, ctx->signature, ctx->signature_length);
	}
	bool good = config->rsa_public(block, ctx->signature_length, &key->key.rsa) == 1 &&
				verify_pss(hash, ctx->tbs_digest, ctx->waiting_salt, block, ctx->signature_length, bits);
	if(!good && in_place) {
		ctx->path_flags |= X509_SPENT;
	}
	return good ? X509_ERROR_NONE : X509_ERROR_BAD_SIGNATURE;
}
