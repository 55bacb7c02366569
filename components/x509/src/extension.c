/** Extensions (RFC 5280 §4.2), except names. */
#include "internal.h"

/* Known extensions: value = number of the bit in x509_context.seen, and whether it may be critical */
enum {
	EXT_UNKNOWN,
	EXT_BASIC_CONSTRAINTS,
	EXT_KEY_USAGE,
	EXT_PURPOSES,
	EXT_ALT_NAMES,
	EXT_NAME_CONSTRAINTS,
	/* Of no effect here, as long as no policy is asked for (initial-policy-set any-policy, RFC 5280 §6.1.1 (c)) */
	EXT_POLICIES,
	EXT_POLICY_MAPPINGS,
	EXT_POLICY_CONSTRAINTS,
	EXT_INHIBIT_ANY_POLICY,
	EXT_LAST_CRITICAL = EXT_INHIBIT_ANY_POLICY,
	/* Information, of which RFC 5280 wants none to be critical, or which we do not act upon */
	EXT_SUBJECT_KEY_ID,
	EXT_AUTHORITY_KEY_ID,
	EXT_ISSUER_ALT_NAMES,
	EXT_DIRECTORY_ATTRIBUTES,
	EXT_PRIVATE_KEY_PERIOD,
	EXT_CRL_POINTS,
	EXT_FRESHEST_CRL,
	EXT_AUTHORITY_ACCESS,
	EXT_SUBJECT_ACCESS,
};

static const x509_oid extension_oids[] = {
	{3, EXT_BASIC_CONSTRAINTS, {0x55, 0x1D, 0x13}},
	{3, EXT_KEY_USAGE, {0x55, 0x1D, 0x0F}},
	{3, EXT_PURPOSES, {0x55, 0x1D, 0x25}},
	{3, EXT_ALT_NAMES, {0x55, 0x1D, 0x11}},
	{3, EXT_NAME_CONSTRAINTS, {0x55, 0x1D, 0x1E}},
	{3, EXT_POLICIES, {0x55, 0x1D, 0x20}},
	{3, EXT_POLICY_MAPPINGS, {0x55, 0x1D, 0x21}},
	{3, EXT_POLICY_CONSTRAINTS, {0x55, 0x1D, 0x24}},
	{3, EXT_INHIBIT_ANY_POLICY, {0x55, 0x1D, 0x36}},
	{3, EXT_SUBJECT_KEY_ID, {0x55, 0x1D, 0x0E}},
	{3, EXT_AUTHORITY_KEY_ID, {0x55, 0x1D, 0x23}},
	{3, EXT_ISSUER_ALT_NAMES, {0x55, 0x1D, 0x12}},
	{3, EXT_DIRECTORY_ATTRIBUTES, {0x55, 0x1D, 0x09}},
	{3, EXT_PRIVATE_KEY_PERIOD, {0x55, 0x1D, 0x10}},
	{3, EXT_CRL_POINTS, {0x55, 0x1D, 0x1F}},
	{3, EXT_FRESHEST_CRL, {0x55, 0x1D, 0x2E}},
	{8, EXT_AUTHORITY_ACCESS, {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01}},
	{8, EXT_SUBJECT_ACCESS, {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0B}},
};

static const x509_oid purpose_oids[] = {
	{8, 1 + X509_SERVER_CERTIFICATE, {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01}},
	{8, 1 + X509_CLIENT_CERTIFICATE, {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02}},
	{4, 0x80, {0x55, 0x1D, 0x25, 0x00}}, // anyExtendedKeyUsage
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

x509_error x509_on_extension_begin(x509_context *ctx)
{
	ctx->flags = (uint16_t)(ctx->flags & ~X509_CRITICAL);
	return (++ctx->extension_count > X509_MAX_EXTENSIONS) ? X509_ERROR_LIMIT : X509_ERROR_NONE;
}

/** Remember an unknown extension by a hash of its OID (FNV-1a). Two different ones with the same hash are refused, too. */
static x509_error remember_unknown(x509_context *ctx)
{
	const uint8_t *oid = x509_scratch(ctx);
	uint32_t hash = 2166136261u;

	if(ctx->collected > X509_SCRATCH_SIZE) {
		return X509_ERROR_LIMIT;
	}
	for(size_t i = 0; i < ctx->collected; ++i) {
		hash = (hash ^ oid[i]) * 16777619u;
	}
	for(unsigned i = 0; i < ctx->unknown_count; ++i) {
		if(memcmp(ctx->work + i * sizeof(hash), &hash, sizeof(hash)) == 0) {
			return X509_ERROR_DUPLICATE_EXTENSION;
		}
	}
	if(ctx->unknown_count == X509_MAX_UNKNOWN) {
		return X509_ERROR_LIMIT;
	}
	memcpy(ctx->work + ctx->unknown_count * sizeof(hash), &hash, sizeof(hash));
	++ctx->unknown_count;
	return X509_ERROR_NONE;
}

x509_error x509_on_extension_oid(x509_context *ctx)
{
	ctx->extension = x509_oid_find(ctx, extension_oids, COUNT(extension_oids));
	if(ctx->extension == EXT_UNKNOWN) {
		return remember_unknown(ctx);
	}
	uint32_t bit = (uint32_t)1 << ctx->extension;
	if((ctx->seen & bit) != 0) {
		return X509_ERROR_DUPLICATE_EXTENSION; // RFC 5280 §4.2
	}
	ctx->seen |= bit;
	return X509_ERROR_NONE;
}

/** A BOOLEAN whose default is FALSE: DER writes only TRUE, as FF (X.690 §11.1, §11.5). */
static bool is_true(x509_context *ctx)
{
	return ctx->collected == 1 && x509_scratch(ctx)[0] == 0xFF;
}

x509_error x509_on_extension_critical(x509_context *ctx)
{
	if(!is_true(ctx)) {
		return X509_ERROR_MALFORMED;
	}
	ctx->flags |= X509_CRITICAL;
	return X509_ERROR_NONE;
}

x509_error x509_on_extension_value(x509_context *ctx)
{
	bool critical = (ctx->flags & X509_CRITICAL) != 0;
	bool may_be_critical = ctx->extension != EXT_UNKNOWN && ctx->extension <= EXT_LAST_CRITICAL;

	if(critical && !may_be_critical && ctx->config->check_chain) {
		return X509_ERROR_CRITICAL_EXTENSION;
	}
	switch(ctx->extension) {
	case EXT_BASIC_CONSTRAINTS:
		ctx->child = x509_rule_basic_constraints;
		break;
	case EXT_KEY_USAGE:
		ctx->child = x509_rule_key_usage;
		break;
	case EXT_PURPOSES:
		ctx->child = x509_rule_purposes;
		ctx->flags |= X509_HAS_PURPOSE;
		break;
	case EXT_ALT_NAMES:
		ctx->child = x509_rule_alt_names;
		if(critical) {
			ctx->flags |= X509_SAN_CRITICAL;
		}
		break;
	case EXT_NAME_CONSTRAINTS:
		ctx->child = x509_rule_constraints;
		break;
	default:
		return X509_ERROR_NONE;
	}
	ctx->how = HOW_ENTER;
	return X509_ERROR_NONE;
}

x509_error x509_on_ca(x509_context *ctx)
{
	if(!is_true(ctx)) {
		return X509_ERROR_MALFORMED;
	}
	ctx->flags |= X509_CA;
	return X509_ERROR_NONE;
}

x509_error x509_on_path_length(x509_context *ctx)
{
	const uint8_t *value = x509_scratch(ctx);

	if(ctx->collected == 0 || value[0] >= 0x80 || (ctx->flags & X509_CA) == 0 ||
	   (ctx->collected > 1 && value[0] == 0 && value[1] < 0x80)) {
		return X509_ERROR_MALFORMED; // RFC 5280 §4.2.1.9: not negative, and only with cA
	}
	// more than the chain may be long is as good as any other such number
	ctx->path_length = (ctx->collected == 1 && value[0] < X509_MAX_CHAIN) ? value[0] : X509_MAX_CHAIN;
	return X509_ERROR_NONE;
}

x509_error x509_on_key_usage(x509_context *ctx)
{
	const uint8_t *value = x509_scratch(ctx);

	// count of unused bits, then one or two octets. Unused bits are 0 (X.690 §11.2.1); zeros at the end that should
	// have been cut off (§11.2.2) are in the roots of a public CA.
	if(ctx->collected < 2 || ctx->collected > 3 || value[0] > 7) {
		return X509_ERROR_MALFORMED;
	}
	uint8_t last = value[ctx->collected - 1];
	bool any = (value[1] | last) != 0; // RFC 5280 §4.2.1.3
	if(!any || (last & ((1u << value[0]) - 1)) != 0) {
		return X509_ERROR_MALFORMED;
	}
	ctx->flags |= X509_HAS_USAGE;
	ctx->usage = value[1];
	return X509_ERROR_NONE;
}

x509_error x509_on_purpose(x509_context *ctx)
{
	uint8_t purpose = x509_oid_find(ctx, purpose_oids, COUNT(purpose_oids));

	if(purpose == 0x80 || purpose == 1 + (uint8_t)ctx->config->mode) {
		ctx->flags |= X509_PURPOSE_OK;
	}
	return X509_ERROR_NONE;
}
