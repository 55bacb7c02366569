/** Actions on the fields of TBSCertificate (RFC 5280 §4.1.2), except algorithms, keys and extensions. */
#include "internal.h"

#define SERIAL_MAX 20u /**< octets, RFC 5280 §4.1.2.2 */

x509_error x509_expect_empty(x509_context *ctx)
{
	return (ctx->value_left == 0) ? X509_ERROR_NONE : X509_ERROR_MALFORMED;
}

x509_error x509_on_tbs_begin(x509_context *ctx)
{
	if(ctx->config->check_chain) {
		x509_hash_flush(ctx);
		memcpy(ctx->work, ctx->header, ctx->header_length);
		ctx->prefix_used = ctx->header_length;
		ctx->hashing |= X509_HASHING_PREFIX;
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_tbs_end(x509_context *ctx)
{
	x509_hash_flush(ctx);
	if((ctx->hashing & X509_HASHING_TBS) != 0) {
		// a certificate that waited for this one was verified when this one's key was complete
		ctx->tbs.vtable->out(&ctx->tbs.vtable, ctx->tbs_digest);
	}
	ctx->hashing = (uint8_t)(ctx->hashing & ~(X509_HASHING_TBS | X509_HASHING_PREFIX));
	return X509_ERROR_NONE;
}

x509_error x509_on_version(x509_context *ctx)
{
	// 0 stands for version 1, which DER wants absent (DEFAULT)
	const uint8_t *value = x509_scratch(ctx);

	if(ctx->collected != 1) {
		return X509_ERROR_MALFORMED;
	}
	if(value[0] == 0) {
		return X509_ERROR_MALFORMED;
	}
	if(value[0] > 2) {
		return X509_ERROR_BAD_VERSION;
	}
	ctx->version = value[0];
	return X509_ERROR_NONE;
}

x509_error x509_on_serial_begin(x509_context *ctx)
{
	// an anchor's or a pinned certificate's may be longer: of no effect, and its first octets are enough
	return (ctx->value_left <= SERIAL_MAX + 1 || !ctx->config->check_chain) ? X509_ERROR_NONE : X509_ERROR_BAD_SERIAL;
}

x509_error x509_on_serial(x509_context *ctx)
{
	const uint8_t *value = x509_scratch(ctx);
	size_t length = ctx->collected;

	if(length == 0 || (length > 1 && value[0] == 0 && value[1] < 0x80) ||
	   (length > 1 && value[0] == 0xFF && value[1] >= 0x80)) {
		return X509_ERROR_MALFORMED; // X.690 §8.3.2: the shortest form
	}
	if(!ctx->config->check_chain) {
		return X509_ERROR_NONE; // old roots with 0 exist, and so do home-made certificates to be pinned
	}
	if(value[0] >= 0x80 || (length == 1 && value[0] == 0) || (length > SERIAL_MAX && value[0] != 0)) {
		return X509_ERROR_BAD_SERIAL;
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_issuer_begin(x509_context *ctx)
{
	if(ctx->value_left == 0 && ctx->config->check_chain) {
		return X509_ERROR_MALFORMED; // RFC 5280 §4.1.2.4
	}
	x509_part_begin(ctx);
	return X509_ERROR_NONE;
}

x509_error x509_on_issuer_end(x509_context *ctx)
{
	x509_part_end(ctx, ctx->current_issuer_hash);
	return X509_ERROR_NONE;
}

x509_error x509_on_subject_begin(x509_context *ctx)
{
	ctx->flags |= X509_IN_SUBJECT;
	if(ctx->value_left == 0) {
		ctx->flags |= X509_NO_SUBJECT;
	}
	x509_part_begin(ctx);
	return X509_ERROR_NONE;
}

x509_error x509_on_subject_end(x509_context *ctx)
{
	uint8_t hash[32];

	x509_part_end(ctx, hash);
	if(memcmp(hash, ctx->current_issuer_hash, sizeof(hash)) == 0) {
		ctx->flags |= X509_SELF_ISSUED;
	}
	if((ctx->flags & X509_LEAF) != 0) {
		// nothing waits for an issuer yet: its place keeps the subject until the end of the certificate
		memcpy(ctx->issuer_hash, hash, sizeof(hash));
	} else if(memcmp(hash, ctx->issuer_hash, sizeof(hash)) != 0) {
		ctx->flags |= X509_SKIP; // not the issuer that we wait for (RFC 5280 §6.1.3 (a)(4))
		return X509_ERROR_NONE;
	}
	if((ctx->flags & X509_LEAF) != 0 || (ctx->flags & X509_SELF_ISSUED) == 0) {
		// constraints apply to the subject, and to e-mail addresses in it (RFC 5280 §4.2.1.10)
		if((ctx->flags & X509_NO_SUBJECT) == 0) {
			ctx->forms |= 1u << X509_FORM_DIRECTORY;
		}
		if((ctx->flags & X509_EMAIL) != 0) {
			ctx->forms |= 1u << X509_FORM_EMAIL;
		}
	}
	return X509_ERROR_NONE;
}

static x509_error parse_date(x509_context *ctx, int64_t *seconds)
{
	bool any_form = !ctx->config->check_chain; // a public root is among those that get it wrong
	bool valid = x509_parse_time(ctx->header[0], x509_scratch(ctx), ctx->collected, any_form, seconds);
	return valid ? X509_ERROR_NONE : X509_ERROR_BAD_TIME;
}

x509_error x509_on_not_before(x509_context *ctx)
{
	return parse_date(ctx, &ctx->not_before);
}

x509_error x509_on_not_after(x509_context *ctx)
{
	return parse_date(ctx, &ctx->not_after);
}

x509_error x509_on_unique_id(x509_context *ctx)
{
	// RFC 5280 §4.1.2.8: versions 2 and 3 only. They are bit strings; nobody reads them.
	if(ctx->version == 0) {
		return X509_ERROR_BAD_VERSION;
	}
	return (ctx->value_left == 0) ? X509_ERROR_MALFORMED : X509_ERROR_NONE;
}

x509_error x509_on_extensions(x509_context *ctx)
{
	return (ctx->version == 2) ? X509_ERROR_NONE : X509_ERROR_BAD_VERSION; // §4.1.2.9
}

x509_error x509_on_signature(x509_context *ctx)
{
	if(ctx->collected == 0) {
		return X509_ERROR_MALFORMED;
	}
	if(ctx->collected > X509_SIGNATURE_BUFFER) {
		ctx->algorithm = X509_SIGNATURE_UNKNOWN; // beyond RSA-4096
	}
	ctx->signature_length = ctx->collected;
	ctx->flags |= X509_COMPLETE;
	return X509_ERROR_NONE;
}
