/** AlgorithmIdentifiers of signatures (RFC 5280 §4.1.1.2, RFC 4055, RFC 5758). */
#include "internal.h"

#define ALGORITHM(kind, hash) (uint8_t)((kind) << 4 | (hash))

/* Values: kind of signature and BearSSL's id of the hash. SHA-224 is not offered: nobody needs it. */
static const x509_oid signature_oids[] = {
	{9, ALGORITHM(X509_SIGNATURE_RSA, br_sha256_ID), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B}},
	{9, ALGORITHM(X509_SIGNATURE_RSA, br_sha384_ID), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C}},
	{9, ALGORITHM(X509_SIGNATURE_RSA, br_sha512_ID), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D}},
	{9, ALGORITHM(X509_SIGNATURE_PSS, 0), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A}},
	{8, ALGORITHM(X509_SIGNATURE_ECDSA, br_sha256_ID), {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02}},
	{8, ALGORITHM(X509_SIGNATURE_ECDSA, br_sha384_ID), {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03}},
	{8, ALGORITHM(X509_SIGNATURE_ECDSA, br_sha512_ID), {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x04}},
	{9, ALGORITHM(X509_SIGNATURE_WEAK, 0), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x02}}, // MD2
	{9, ALGORITHM(X509_SIGNATURE_WEAK, 0), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x04}}, // MD5
	{9, ALGORITHM(X509_SIGNATURE_WEAK, 0), {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05}}, // SHA-1
	{7, ALGORITHM(X509_SIGNATURE_WEAK, 0), {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01}},				// ECDSA, SHA-1
};

#define HASH_WEAK 1

static const x509_oid hash_oids[] = {
	{9, br_sha256_ID, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}},
	{9, br_sha384_ID, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}},
	{9, br_sha512_ID, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}},
	{5, HASH_WEAK, {0x2B, 0x0E, 0x03, 0x02, 0x1A}}, // SHA-1
};

static const x509_oid mask_oids[] = {
	{9, 1, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08}}, // MGF1
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const br_hash_class *x509_hash_class(const x509_context *ctx, uint8_t id)
{
	switch(id) {
	case br_sha256_ID:
		return &br_sha256_vtable;
	case br_sha384_ID:
		return ctx->config->sha384;
	case br_sha512_ID:
		return ctx->config->sha512;
	default:
		return NULL;
	}
}

x509_error x509_on_algorithm_begin(x509_context *ctx)
{
	x509_part_begin(ctx);
	ctx->flags = (uint16_t)(ctx->flags & ~X509_PARAMETERS);
	return X509_ERROR_NONE;
}

x509_error x509_on_algorithm_oid(x509_context *ctx)
{
	uint8_t value = x509_oid_find(ctx, signature_oids, COUNT(signature_oids));

	// what is weak or unknown here matters only if the signature is to be verified
	ctx->algorithm = value >> 4;
	ctx->hash = value & 0x0F;
	ctx->mask_hash = 0;
	ctx->salt_length = 20; // RFC 4055 §3.1
	return X509_ERROR_NONE;
}

x509_error x509_on_algorithm_parameters(x509_context *ctx)
{
	ctx->flags |= X509_PARAMETERS;
	switch(ctx->algorithm) {
	case X509_SIGNATURE_RSA: // RFC 4055 §5: NULL, and absent is to be accepted
		return (ctx->header[0] == DER_NULL && ctx->value_left == 0) ? X509_ERROR_NONE : X509_ERROR_MALFORMED;
	case X509_SIGNATURE_ECDSA: // RFC 5758 §3.2: absent
		return X509_ERROR_MALFORMED;
	case X509_SIGNATURE_PSS:
		if(ctx->header[0] != DER_SEQUENCE) {
			return X509_ERROR_MALFORMED;
		}
		ctx->how = HOW_ENTER;
		ctx->child = x509_rule_pss;
		return X509_ERROR_NONE;
	default:
		return X509_ERROR_NONE;
	}
}

x509_error x509_on_pss_hash(x509_context *ctx)
{
	ctx->hash = x509_oid_find(ctx, hash_oids, COUNT(hash_oids));
	if(ctx->hash == 0) {
		ctx->algorithm = X509_SIGNATURE_UNKNOWN;
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_pss_mask(x509_context *ctx)
{
	if(x509_oid_find(ctx, mask_oids, COUNT(mask_oids)) == 0) {
		ctx->algorithm = X509_SIGNATURE_UNKNOWN;
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_pss_mask_hash(x509_context *ctx)
{
	ctx->mask_hash = x509_oid_find(ctx, hash_oids, COUNT(hash_oids));
	return X509_ERROR_NONE;
}

x509_error x509_on_pss_salt(x509_context *ctx)
{
	const uint8_t *value = x509_scratch(ctx);

	if(ctx->collected != 1 || value[0] >= 0x80) {
		return X509_ERROR_MALFORMED; // negative, or longer than any hash
	}
	ctx->salt_length = value[0];
	return X509_ERROR_NONE;
}

x509_error x509_on_algorithm_end(x509_context *ctx)
{
	x509_part_end(ctx, ctx->algorithm_hash);
	if(ctx->algorithm == X509_SIGNATURE_PSS) {
		if(ctx->hash == 0 || ctx->hash == HASH_WEAK) {
			ctx->algorithm = X509_SIGNATURE_WEAK; // the default is SHA-1
		} else if(ctx->mask_hash != ctx->hash || ctx->config->rsa_public == NULL) {
			ctx->algorithm = X509_SIGNATURE_UNKNOWN; // RFC 4055 §3.1 recommends one hash for both; no others are seen
		}
	}

	if((ctx->hashing & X509_HASHING_PREFIX) == 0) {
		return X509_ERROR_NONE;
	}
	const br_hash_class *hash = x509_hash_class(ctx, ctx->hash);
	ctx->hashing = (uint8_t)(ctx->hashing & ~X509_HASHING_PREFIX);
	if(hash == NULL) {
		if(ctx->algorithm != X509_SIGNATURE_WEAK) {
			ctx->algorithm = X509_SIGNATURE_UNKNOWN;
		}
		return X509_ERROR_NONE;
	}
	hash->init(&ctx->tbs.vtable);
	hash->update(&ctx->tbs.vtable, ctx->work, ctx->prefix_used);
	ctx->hashing |= X509_HASHING_TBS;
	return X509_ERROR_NONE;
}

x509_error x509_on_outer_algorithm_end(x509_context *ctx)
{
	uint8_t hash[32];

	// RFC 5280 §4.1.1.2; byte by byte, so the outer one needs no parsing
	x509_part_end(ctx, hash);
	return (memcmp(hash, ctx->algorithm_hash, sizeof(hash)) == 0) ? X509_ERROR_NONE : X509_ERROR_ALGORITHM_MISMATCH;
}
