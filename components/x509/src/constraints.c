/**
 * Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b), (c)).
 *
 * They come after the names that they bind, since the chain arrives leaf first. So the DNS names and addresses of
 * the path are kept in the names buffer (form, length, octets each), and every subtree is held against all of them.
 *
 * Constraints on other kinds of names are not evaluated: where such a name exists below, the chain is refused.
 */
#include "internal.h"

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
		names[i] = (uint8_t)(names[i] & ~X509_NAME_HELD);
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_permitted_end(x509_context *ctx)
{
	uint16_t capacity;
	const uint8_t *names = x509_names(ctx, &capacity);

	for(unsigned i = 0; i < ctx->below_names; i += 2u + names[i + 1]) {
		if((names[i] & X509_NAME_HELD) == 0 && (ctx->permitted >> (names[i] & X509_NAME_FORM) & 1) != 0) {
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

	if((ctx->header[0] & 0xC0) != 0x80 || form > 8) {
		return X509_ERROR_MALFORMED;
	}
	if(++ctx->subtree_count > X509_MAX_SUBTREES) {
		return X509_ERROR_LIMIT;
	}
	if(ctx->header[0] == DER_CONTEXT(X509_FORM_DNS) || ctx->header[0] == DER_CONTEXT(X509_FORM_IP)) {
		ctx->how = HOW_COLLECT;
		return X509_ERROR_NONE;
	}
	bool constructed = form == 0 || form == 3 || form == X509_FORM_DIRECTORY || form == 5;
	if(((ctx->header[0] & DER_CONSTRUCTED) != 0) != constructed) {
		return X509_ERROR_MALFORMED;
	}
	if((ctx->below_forms >> form & 1) != 0) {
		return X509_ERROR_NAME_CONSTRAINT_UNSUPPORTED;
	}
	if(form == X509_FORM_EMAIL || form == X509_FORM_URI) {
		ctx->how = HOW_COLLECT;
	}
	return X509_ERROR_NONE;
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
	if(form == X509_FORM_EMAIL || form == X509_FORM_URI) {
		return x509_is_ascii(base, (length < X509_SCRATCH_SIZE) ? length : X509_SCRATCH_SIZE) ? X509_ERROR_NONE
																							: X509_ERROR_MALFORMED;
	}
	if(form == X509_FORM_IP) {
		if(!is_subnet(base, length)) {
			return X509_ERROR_MALFORMED;
		}
	} else if(length > X509_SCRATCH_SIZE || !x509_is_dns_base(base, length)) {
		return X509_ERROR_MALFORMED;
	}
	if((ctx->path_flags & ((form == X509_FORM_DNS) ? X509_BELOW_LOST_DNS : X509_BELOW_LOST_IP)) != 0) {
		return X509_ERROR_NAMES_TOO_MANY;
	}
	for(unsigned i = 0; i < ctx->below_names; i += 2u + names[i + 1]) {
		const uint8_t *name = names + i + 2;
		bool within;
		if((names[i] & X509_NAME_FORM) != form) {
			continue;
		}
		if((names[i] & X509_NAME_ODD) != 0) {
			within = excluded;
		} else if(form == X509_FORM_DNS) {
			within = x509_within_dns(name, names[i + 1], base, length, excluded);
		} else {
			within = x509_within_address(name, names[i + 1], base, length);
		}
		if(within && excluded) {
			return X509_ERROR_NAME_CONSTRAINT;
		}
		if(within) {
			names[i] |= X509_NAME_HELD;
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
