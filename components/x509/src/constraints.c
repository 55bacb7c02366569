/**
 * Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b), (c)).
 *
 * They come after the names that they bind, since the chain arrives leaf first. So the DNS names and addresses of
 * the path are kept in the names buffer (form, length, octets each), and every subtree is held against all of them.
 * The highest bit of an entry's form says that a permitted subtree held it.
 *
 * Constraints on other kinds of names are not evaluated: where such a name exists below, the chain is refused.
 */
#include "internal.h"

#define HELD 0x80u

x509_error x509_on_constraints(x509_context *ctx)
{
	if(ctx->value_left == 0) {
		return X509_ERROR_MALFORMED;
	}
	if((ctx->flags & (X509_LEAF | X509_COMPLETE)) == X509_LEAF && ctx->config->check_chain) {
		return X509_ERROR_MALFORMED; // only a CA may have them; COMPLETE: we are reading an anchor's
	}
	ctx->constraints_offset = (uint16_t)(ctx->offset - ctx->header_length);
	ctx->constraints_length = (uint16_t)(ctx->header_length + ctx->value_left);
	return X509_ERROR_NONE;
}

x509_error x509_on_permitted_begin(x509_context *ctx)
{
	uint16_t capacity;
	uint8_t *names = x509_names(ctx, &capacity);

	ctx->flags = (uint16_t)(ctx->flags & ~X509_EXCLUDED);
	ctx->permitted = 0;
	for(unsigned i = 0; i < ctx->below_names; i += 2u + names[i + 1]) {
		names[i] = (uint8_t)(names[i] & ~HELD);
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_permitted_end(x509_context *ctx)
{
	uint16_t capacity;
	const uint8_t *names = x509_names(ctx, &capacity);

	for(unsigned i = 0; i < ctx->below_names; i += 2u + names[i + 1]) {
		if((names[i] & HELD) == 0 && (ctx->permitted >> names[i] & 1) != 0) {
			return X509_ERROR_NAME_CONSTRAINT;
		}
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_excluded_begin(x509_context *ctx)
{
	ctx->flags |= X509_EXCLUDED;
	return X509_ERROR_NONE;
}

x509_error x509_on_subtree_begin(x509_context *ctx)
{
	uint8_t form = ctx->header[0] & 0x1F;

	if(ctx->header[0] < 0x80 || form > 8) {
		return X509_ERROR_MALFORMED;
	}
	if(++ctx->subtree_count > X509_MAX_SUBTREES) {
		return X509_ERROR_LIMIT;
	}
	if(ctx->header[0] == DER_CONTEXT(X509_FORM_DNS) || ctx->header[0] == DER_CONTEXT(X509_FORM_IP)) {
		ctx->how = HOW_COLLECT;
		return X509_ERROR_NONE;
	}
	return ((ctx->below_forms >> form & 1) != 0) ? X509_ERROR_NAME_CONSTRAINT_UNSUPPORTED : X509_ERROR_NONE;
}

/** RFC 5280: address and mask; the mask is a prefix (RFC 4632 §5.1). */
static bool is_subnet(const uint8_t *base, size_t length)
{
	if(length != 8 && length != 32) {
		return false;
	}
	bool ended = false;
	for(size_t i = length / 2; i < length; ++i) {
		uint8_t mask = base[i];
		uint8_t inverse = (uint8_t)~mask;
		if((ended && mask != 0) || (inverse & (inverse + 1)) != 0) {
			return false;
		}
		ended = mask != 0xFF;
	}
	return true;
}

x509_error x509_on_subtree(x509_context *ctx)
{
	const uint8_t *base = x509_scratch(ctx);
	size_t length = ctx->collected;
	uint8_t form = ctx->header[0] & 0x1F;
	bool excluded = (ctx->flags & X509_EXCLUDED) != 0;
	uint16_t capacity;
	uint8_t *names = x509_names(ctx, &capacity);

	if(ctx->how != HOW_COLLECT) {
		return X509_ERROR_NONE;
	}
	if(form == X509_FORM_IP) {
		if(!is_subnet(base, length)) {
			return X509_ERROR_MALFORMED;
		}
	} else if(length > 253 || (length != 0 && (base[0] == '.' || memchr(base, '*', length) != NULL))) {
		return X509_ERROR_MALFORMED; // a leading dot has a meaning for URIs only, and none that all agree on
	}
	if((ctx->path_flags & ((form == X509_FORM_DNS) ? X509_BELOW_LOST_DNS : X509_BELOW_LOST_IP)) != 0) {
		return X509_ERROR_NAMES_TOO_MANY;
	}
	for(unsigned i = 0; i < ctx->below_names; i += 2u + names[i + 1]) {
		if((names[i] & ~HELD) != form) {
			continue;
		}
		bool within = (form == X509_FORM_DNS) ? x509_within_dns(names + i + 2, names[i + 1], base, length, excluded)
											  : x509_within_address(names + i + 2, names[i + 1], base, length);
		if(within && excluded) {
			return X509_ERROR_NAME_CONSTRAINT;
		}
		if(within) {
			names[i] |= HELD;
		}
	}
	if(!excluded) {
		ctx->permitted = (uint16_t)(ctx->permitted | 1u << form);
	}
	return X509_ERROR_NONE;
}

x509_error x509_apply_constraints(x509_context *ctx, const uint8_t *der, uint16_t length)
{
	if(length == 0) {
		return X509_ERROR_NONE;
	}
	ctx->subtree_count = 0;
	ctx->hashing = 0;
	x509_parser_reset(ctx, x509_rule_constraints, length);
	x509_error error = x509_parse(ctx, der, length);
	if(error == X509_ERROR_NONE && !x509_parser_done(ctx)) {
		error = X509_ERROR_MALFORMED;
	}
	return error;
}
