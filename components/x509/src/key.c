/** SubjectPublicKeyInfo (RFC 3279 §2.3.1, RFC 5480). */
#include "internal.h"

enum { KEY_UNKNOWN, KEY_RSA = BR_KEYTYPE_RSA, KEY_EC = BR_KEYTYPE_EC };

static const x509_oid key_oids[] = {
	{9, KEY_RSA, {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01}},
	{7, KEY_EC, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01}},
};

static const x509_oid curve_oids[] = {
	{8, BR_EC_secp256r1, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}},
	{5, BR_EC_secp384r1, {0x2B, 0x81, 0x04, 0x00, 0x22}},
	{5, BR_EC_secp521r1, {0x2B, 0x81, 0x04, 0x00, 0x23}},
};

static uint8_t *key_buffer(x509_context *ctx)
{
	return ((ctx->flags & X509_LEAF) != 0) ? ctx->ee_key : ctx->work;
}

x509_error x509_on_key_begin(x509_context *ctx)
{
	if((ctx->flags & X509_LEAF) != 0 && (ctx->config->hashes & X509_HASH_SPKI) != 0) {
		x509_part_begin(ctx);
	}
	ctx->flags = (uint16_t)(ctx->flags & ~X509_PARAMETERS);
	ctx->key_used = 0;
	return X509_ERROR_NONE;
}

x509_error x509_on_key_oid(x509_context *ctx)
{
	ctx->key_type = x509_oid_find(ctx, key_oids, sizeof(key_oids) / sizeof(key_oids[0]));
	if(ctx->key_type == KEY_UNKNOWN) {
		return x509_reject_candidate(ctx, X509_ERROR_UNSUPPORTED_KEY);
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_key_parameters(x509_context *ctx)
{
	ctx->flags |= X509_PARAMETERS;
	if(ctx->key_type == KEY_RSA) {
		return (ctx->header[0] == DER_NULL && ctx->value_left == 0) ? X509_ERROR_NONE : X509_ERROR_MALFORMED;
	}
	if(ctx->header[0] != DER_OID) { // RFC 5480 §2.1.1: no explicit or inherited parameters
		return x509_reject_candidate(ctx, X509_ERROR_UNSUPPORTED_KEY);
	}
	ctx->how = HOW_COLLECT;
	return X509_ERROR_NONE;
}

x509_error x509_on_key_curve(x509_context *ctx)
{
	if(ctx->key_type != KEY_EC) {
		return X509_ERROR_NONE;
	}
	ctx->curve = x509_oid_find(ctx, curve_oids, sizeof(curve_oids) / sizeof(curve_oids[0]));
	const br_ec_impl *ec = ctx->config->ec;
	if(ctx->curve == 0 || ec == NULL || ((ec->supported_curves >> ctx->curve) & 1) == 0) {
		return x509_reject_candidate(ctx, X509_ERROR_UNSUPPORTED_KEY);
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_key_bits(x509_context *ctx)
{
	if((ctx->flags & X509_PARAMETERS) == 0) {
		return X509_ERROR_MALFORMED;
	}
	if(ctx->key_type == KEY_RSA) {
		ctx->how = HOW_ENTER;
		ctx->child = x509_rule_rsa_key;
	}
	return X509_ERROR_NONE;
}

/**
 * Check the INTEGER that ends the key buffer to be positive and drop the zero in front of it.
 * @param length in: of the value; out: without the zero
 */
static bool trim_integer(x509_context *ctx, uint16_t *length)
{
	uint8_t *value = key_buffer(ctx) + ctx->key_used;

	if(*length == 0 || value[0] >= 0x80) {
		return false;
	}
	if(value[0] == 0) {
		if(*length == 1 || value[1] < 0x80) {
			return false;
		}
		--*length;
		memmove(value, value + 1, *length);
	}
	return true;
}

static unsigned bit_length(const uint8_t *value, unsigned length)
{
	unsigned bits = length * 8;
	for(uint8_t mask = 0x80; (value[0] & mask) == 0 && mask != 0; mask = (uint8_t)(mask >> 1)) {
		--bits;
	}
	return bits;
}

x509_error x509_on_modulus(x509_context *ctx)
{
	uint16_t length = ctx->collected;
	const uint8_t *modulus = key_buffer(ctx);

	if(length > X509_SIGNATURE_BUFFER + 1) {
		return x509_reject_candidate(ctx, X509_ERROR_UNSUPPORTED_KEY); // beyond RSA-4096
	}
	if(!trim_integer(ctx, &length)) {
		return X509_ERROR_MALFORMED;
	}
	if(length > X509_SIGNATURE_BUFFER) {
		return x509_reject_candidate(ctx, X509_ERROR_UNSUPPORTED_KEY);
	}
	if((modulus[length - 1] & 1) == 0) {
		return X509_ERROR_BAD_KEY;
	}
	if(bit_length(modulus, length) < ctx->config->min_rsa_bits) {
		return x509_reject_candidate(ctx, X509_ERROR_WEAK_KEY);
	}
	ctx->modulus_length = length;
	ctx->key_used = length;
	return X509_ERROR_NONE;
}

x509_error x509_on_exponent(x509_context *ctx)
{
	uint16_t length = ctx->collected;

	if(length > X509_KEY_BUFFER - X509_SIGNATURE_BUFFER) {
		return x509_reject_candidate(ctx, X509_ERROR_UNSUPPORTED_KEY);
	}
	if(!trim_integer(ctx, &length)) {
		return X509_ERROR_MALFORMED;
	}
	const uint8_t *exponent = key_buffer(ctx) + ctx->key_used;
	if((exponent[length - 1] & 1) == 0 || (length == 1 && exponent[0] == 1)) {
		return X509_ERROR_BAD_KEY; // RFC 8017 §3.1: odd and at least 3
	}
	ctx->key_used = (uint16_t)(ctx->key_used + length);
	return X509_ERROR_NONE;
}

/** RFC 5480 §2.2: an uncompressed point of the curve's size. Whether it is on the curve, the EC code checks. */
static x509_error check_point(const x509_context *ctx, const uint8_t *point, size_t length)
{
	size_t field = (ctx->curve == BR_EC_secp256r1) ? 32 : (ctx->curve == BR_EC_secp384r1) ? 48 : 66;

	if(length == field + 1 && (point[0] == 2 || point[0] == 3)) {
		return X509_ERROR_UNSUPPORTED_KEY; // compressed
	}
	return (length == 2 * field + 1 && point[0] == 4) ? X509_ERROR_NONE : X509_ERROR_BAD_KEY;
}

x509_error x509_on_key_end(x509_context *ctx)
{
	br_x509_pkey local;
	br_x509_pkey *key = ((ctx->flags & X509_LEAF) != 0) ? &ctx->key : &local;
	uint8_t *buffer = key_buffer(ctx);

	key->key_type = ctx->key_type;
	if(ctx->key_type == KEY_RSA) {
		key->key.rsa.n = buffer;
		key->key.rsa.nlen = ctx->modulus_length;
		key->key.rsa.e = buffer + ctx->modulus_length;
		key->key.rsa.elen = (size_t)(ctx->key_used - ctx->modulus_length);
	} else {
		// the value collected last is the point: it is the last element in here
		x509_error error = check_point(ctx, buffer, ctx->collected);
		if(error != X509_ERROR_NONE) {
			return x509_reject_candidate(ctx, error);
		}
		key->key.ec.curve = ctx->curve;
		key->key.ec.q = buffer;
		key->key.ec.qlen = ctx->collected;
	}

	if((ctx->flags & X509_LEAF) != 0) {
		if((ctx->config->hashes & X509_HASH_SPKI) != 0) {
			x509_part_end(ctx, ctx->spki_hash);
		}
		return X509_ERROR_NONE;
	}
	// the certificate below is waiting for just this key
	x509_error error = x509_verify(ctx, key, true);
	if(error != X509_ERROR_NONE) {
		return ((ctx->path_flags & X509_SPENT) != 0) ? error : x509_reject_candidate(ctx, error);
	}
	ctx->fallback = X509_ERROR_NONE; // whoever did not fit before, this one did
	return X509_ERROR_NONE;
}
