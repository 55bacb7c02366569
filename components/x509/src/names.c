/** subjectAltName (RFC 5280 §4.2.1.6): names to match, names to keep for constraints. */
#include "internal.h"

uint8_t *x509_names(const x509_context *ctx, uint16_t *capacity)
{
	if(ctx->config->names != NULL) {
		*capacity = ctx->config->names_length;
		return ctx->config->names;
	}
	*capacity = X509_NAMES_BUFFER;
	return (uint8_t *)ctx->names; // the context is ours to write to whenever names are
}

x509_error x509_on_alt_name_begin(x509_context *ctx)
{
	uint8_t tag = ctx->header[0];
	uint8_t form = tag & 0x1F;
	// otherName, x400Address, directoryName and ediPartyName are constructed
	bool constructed = form == 0 || form == 3 || form == X509_FORM_DIRECTORY || form == 5;

	if(tag != (constructed ? DER_CONTEXT_CONSTRUCTED(form) : DER_CONTEXT(form)) || form > 8) {
		return X509_ERROR_MALFORMED;
	}
	if(++ctx->name_count > X509_MAX_NAMES) {
		return X509_ERROR_LIMIT;
	}
	if((ctx->flags & X509_LEAF) != 0 || (ctx->flags & X509_SELF_ISSUED) == 0) {
		ctx->forms = (uint16_t)(ctx->forms | 1u << form);
	}
	if(form == X509_FORM_EMAIL || form == X509_FORM_DNS || form == X509_FORM_URI || form == X509_FORM_IP) {
		ctx->how = HOW_COLLECT;
	}
	return X509_ERROR_NONE;
}

/** A name that a host may have, or a wildcard for such. */
static bool is_dns_name(const uint8_t *value, size_t length)
{
	size_t skip = (length > 2 && value[0] == '*' && value[1] == '.') ? 2 : 0;
	return x509_is_dns_base(value + skip, length - skip);
}

/** Keep a name for the constraints that may come from certificates above. */
static void keep(x509_context *ctx, uint8_t form, const uint8_t *value, size_t length)
{
	uint16_t capacity;
	uint8_t *names = x509_names(ctx, &capacity);

	// RFC 5280 §6.1.3 (b): self-issued certificates are exempt, save the last of the path
	if((ctx->flags & X509_LEAF) == 0 && (ctx->flags & X509_SELF_ISSUED) != 0) {
		return;
	}
	if(length > 0xFF || ctx->names_used + length + 2 > capacity) {
		ctx->path_flags |= (form == X509_FORM_DNS) ? X509_LOST_DNS : X509_LOST_IP;
		return;
	}
	names += ctx->names_used;
	names[0] = form;
	if((ctx->flags & X509_LEAF) == 0) {
		names[0] |= X509_NAME_ISSUER;
	}
	if(form == X509_FORM_DNS && !is_dns_name(value, length)) {
		names[0] |= X509_NAME_ODD;
	}
	names[1] = (uint8_t)length;
	memcpy(names + 2, value, length);
	ctx->names_used = (uint16_t)(ctx->names_used + length + 2);
}

x509_error x509_on_alt_name(x509_context *ctx)
{
	const x509_config *config = ctx->config;
	const uint8_t *value = x509_scratch(ctx);
	size_t length = ctx->collected;
	uint8_t form = ctx->header[0] & 0x1F;
	bool leaf = (ctx->flags & X509_LEAF) != 0;

	if(ctx->how != HOW_COLLECT) {
		return X509_ERROR_NONE;
	}
	if(form == X509_FORM_IP) {
		if(length != 4 && length != 16) {
			return X509_ERROR_MALFORMED;
		}
		if(leaf && length == config->address_length && memcmp(value, config->address, length) == 0) {
			ctx->path_flags |= X509_NAME_OK;
		}
		keep(ctx, form, value, length);
		return X509_ERROR_NONE;
	}
	// IA5String
	if(length == 0 || !x509_is_ascii(value, (length < X509_SCRATCH_SIZE) ? length : X509_SCRATCH_SIZE)) {
		return X509_ERROR_MALFORMED;
	}
	if(leaf) {
		x509_element_alt_name(ctx, form);
	}
	if(form != X509_FORM_DNS) {
		return X509_ERROR_NONE;
	}
	if(length > 253) {
		return X509_ERROR_MALFORMED; // RFC 1034 §3.1
	}
	if(leaf && config->address_length == 0 && ctx->dns_name != NULL && x509_match_dns(value, length, ctx->dns_name)) {
		ctx->path_flags |= X509_NAME_OK;
	}
	keep(ctx, form, value, length);
	return X509_ERROR_NONE;
}
