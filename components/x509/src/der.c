/**
 * Push parser for DER (X.690), driven by the rules of grammar.c.
 *
 * Only definite, minimal lengths below 64 KB and tag numbers below 31 exist here: more than X.509 needs.
 */
#include "internal.h"

enum {
	STATE_TAG,
	STATE_LENGTH,
	STATE_LENGTH_MORE,
	STATE_UNUSED_BITS,
	STATE_VALUE,
};

#define NO_OWNER 0xFFu

void x509_parser_reset(x509_context *ctx, uint8_t rule, uint16_t length)
{
	ctx->offset = 0;
	ctx->length = length;
	ctx->state = STATE_TAG;
	ctx->stack[0].end = length;
	ctx->stack[0].next = rule;
	ctx->stack[0].owner = NO_OWNER;
	ctx->depth = 1;
}

bool x509_parser_done(const x509_context *ctx)
{
	return ctx->depth == 0 && ctx->offset == ctx->length;
}

void x509_hash_flush(x509_context *ctx)
{
	size_t length = (size_t)(ctx->cursor - ctx->mark);
	const uint8_t *data = ctx->mark;

	ctx->mark = ctx->cursor;
	if(length == 0) {
		return;
	}
	if((ctx->hashing & X509_HASHING_PREFIX) != 0) {
		if(length <= X509_PREFIX_SIZE - ctx->prefix_used) {
			memcpy(ctx->work + ctx->prefix_used, data, length);
			ctx->prefix_used = (uint16_t)(ctx->prefix_used + length);
		} else {
			// only parameters of an unknown algorithm are that long: its signature is not verified anyway
			ctx->hashing = (uint8_t)(ctx->hashing & ~X509_HASHING_PREFIX);
		}
	}
	if((ctx->hashing & X509_HASHING_TBS) != 0) {
		ctx->tbs.vtable->update(&ctx->tbs.vtable, data, length);
	}
	if((ctx->hashing & X509_HASHING_PART) != 0) {
		br_sha256_update(&ctx->part, data, length);
	}
	if((ctx->hashing & X509_HASHING_SHA1) != 0) {
		ctx->config->sha1->update(&ctx->ee_sha1.context.vtable, data, length);
	}
	if((ctx->hashing & X509_HASHING_SHA256) != 0) {
		br_sha256_update(&ctx->ee_sha256.context, data, length);
	}
}

void x509_part_begin(x509_context *ctx)
{
	x509_hash_flush(ctx);
	br_sha256_init(&ctx->part);
	br_sha256_update(&ctx->part, ctx->header, ctx->header_length);
	ctx->hashing |= X509_HASHING_PART;
}

void x509_part_end(x509_context *ctx, uint8_t digest[32])
{
	x509_hash_flush(ctx);
	br_sha256_out(&ctx->part, digest);
	ctx->hashing = (uint8_t)(ctx->hashing & ~X509_HASHING_PART);
}

/** Close the levels that end here. */
static x509_error close_levels(x509_context *ctx)
{
	while(ctx->depth != 0 && ctx->offset == ctx->stack[ctx->depth - 1].end && (ctx->flags & X509_SKIP) == 0) {
		x509_level level = ctx->stack[--ctx->depth];
		for(uint8_t next = level.next; x509_rules[next].tag != TAG_END; ++next) {
			if((x509_rules[next].flags & RULE_OPTIONAL) == 0) {
				return X509_ERROR_MALFORMED;
			}
		}
		if(level.owner != NO_OWNER && x509_rules[level.owner].end != NULL) {
			x509_error error = x509_rules[level.owner].end(ctx);
			if(error != X509_ERROR_NONE) {
				return error;
			}
		}
	}
	return X509_ERROR_NONE;
}

/** X.690 §8.19: numbers of 7 bits an octet, each in the shortest form, the last one complete. */
static bool is_oid(x509_context *ctx)
{
	const uint8_t *oid = x509_scratch(ctx);
	bool first = true;

	if(ctx->collected == 0 || ctx->collected > X509_SCRATCH_SIZE) {
		return false;
	}
	for(size_t i = 0; i < ctx->collected; ++i) {
		if(first && oid[i] == 0x80) {
			return false;
		}
		first = oid[i] < 0x80;
	}
	return first;
}

static x509_error end_value(x509_context *ctx)
{
	x509_action end = x509_rules[ctx->rule].end;

	ctx->state = STATE_TAG;
	if(ctx->header[0] == DER_OID && ctx->how == HOW_COLLECT && !is_oid(ctx)) {
		return X509_ERROR_MALFORMED;
	}
	if(end != NULL) {
		x509_error error = end(ctx);
		if(error != X509_ERROR_NONE) {
			return error;
		}
	}
	return close_levels(ctx);
}

/** The header is read, and for bit strings the count of unused bits: go into the value. */
static x509_error begin_value(x509_context *ctx)
{
	if(ctx->how != HOW_ENTER) {
		ctx->state = STATE_VALUE;
		ctx->collected = 0;
		return (ctx->value_left == 0) ? end_value(ctx) : X509_ERROR_NONE;
	}
	if(ctx->depth == X509_DEPTH) {
		return X509_ERROR_LIMIT;
	}
	x509_level *level = &ctx->stack[ctx->depth++];
	level->end = (uint16_t)(ctx->offset + ctx->value_left); // at most the parent's end
	level->next = ctx->child;
	level->owner = ctx->rule;
	ctx->state = STATE_TAG;
	return close_levels(ctx);
}

/** Tag and length are read: find the rule for the element. */
static x509_error begin_element(x509_context *ctx)
{
	x509_level *level = &ctx->stack[ctx->depth - 1];
	uint8_t tag = ctx->header[0];
	uint8_t index = level->next;

	while(x509_rules[index].tag != tag && x509_rules[index].tag != TAG_ANY) {
		if(x509_rules[index].tag == TAG_END || (x509_rules[index].flags & RULE_OPTIONAL) == 0) {
			return X509_ERROR_MALFORMED;
		}
		++index;
	}
	if((uint32_t)ctx->offset + ctx->value_left > level->end) {
		return (ctx->depth == 1) ? X509_ERROR_TRUNCATED : X509_ERROR_MALFORMED;
	}

	const x509_rule *rule = &x509_rules[index];
	level->next = (uint8_t)(index + rule->advance);
	ctx->rule = index;
	ctx->how = rule->how;
	ctx->child = rule->child;
	if(rule->begin != NULL) {
		x509_error error = rule->begin(ctx);
		if(error != X509_ERROR_NONE || (ctx->flags & X509_SKIP) != 0) {
			return error;
		}
	}
	if((rule->flags & RULE_BITS) != 0) {
		ctx->state = STATE_UNUSED_BITS;
		return (ctx->value_left == 0) ? X509_ERROR_MALFORMED : X509_ERROR_NONE;
	}
	return begin_value(ctx);
}

static x509_error take_header_octet(x509_context *ctx, uint8_t octet)
{
	switch(ctx->state) {
	case STATE_TAG:
		if(ctx->depth == 0 || (octet & 0x1F) == 0x1F || octet == TAG_ANY) {
			return X509_ERROR_MALFORMED;
		}
		ctx->header[0] = octet;
		ctx->header_length = 1;
		ctx->state = STATE_LENGTH;
		return X509_ERROR_NONE;

	case STATE_LENGTH:
		ctx->header[ctx->header_length++] = octet;
		if(octet < 0x80) {
			ctx->value_left = octet;
			return begin_element(ctx);
		}
		if(octet != 0x81 && octet != 0x82) {
			return X509_ERROR_MALFORMED; // indefinite, or more than any certificate we take
		}
		ctx->value_left = 0;
		ctx->length_left = octet & 0x7F;
		ctx->state = STATE_LENGTH_MORE;
		return X509_ERROR_NONE;

	case STATE_LENGTH_MORE:
		ctx->header[ctx->header_length++] = octet;
		ctx->value_left = (uint16_t)((ctx->value_left << 8) | octet);
		if(--ctx->length_left != 0) {
			return X509_ERROR_NONE;
		}
		if(ctx->value_left < ((ctx->header_length == 3) ? 0x80 : 0x100)) {
			return X509_ERROR_MALFORMED; // X.690 §10.1: the shortest form
		}
		return begin_element(ctx);

	default: // STATE_UNUSED_BITS
		if(octet != 0) {
			return X509_ERROR_MALFORMED;
		}
		--ctx->value_left;
		return begin_value(ctx);
	}
}

/** Part of a value; what does not fit is counted only. */
static void take_value(x509_context *ctx, const uint8_t *data, size_t length)
{
	uint8_t *buffer;
	size_t used = ctx->collected;
	size_t size;

	switch(ctx->how) {
	case HOW_COLLECT:
		buffer = x509_scratch(ctx);
		size = X509_SCRATCH_SIZE;
		break;
	case HOW_KEY:
		buffer = ((ctx->flags & X509_LEAF) != 0) ? ctx->ee_key : ctx->work;
		size = X509_KEY_BUFFER;
		used += ctx->key_used;
		break;
	case HOW_SIGNATURE:
		buffer = ctx->signature;
		size = X509_SIGNATURE_BUFFER;
		break;
	default:
		return;
	}
	if(used < size) {
		memcpy(buffer + used, data, (length < size - used) ? length : size - used);
	}
	ctx->collected = (uint16_t)(ctx->collected + length); // at most the certificate's length
}

x509_error x509_parse(x509_context *ctx, const uint8_t *data, size_t length)
{
	const uint8_t *end = data + length;
	x509_error error = X509_ERROR_NONE;

	ctx->cursor = data;
	ctx->mark = data;
	while(ctx->cursor != end && error == X509_ERROR_NONE) {
		if((ctx->flags & X509_SKIP) != 0) {
			return X509_ERROR_NONE;
		}
		if(ctx->state == STATE_VALUE) {
			size_t count = (size_t)(end - ctx->cursor);
			if(count > ctx->value_left) {
				count = ctx->value_left;
			}
			take_value(ctx, ctx->cursor, count);
			ctx->cursor += count;
			ctx->offset = (uint16_t)(ctx->offset + count);
			ctx->value_left = (uint16_t)(ctx->value_left - count);
			if(ctx->value_left == 0) {
				error = end_value(ctx);
			}
		} else {
			++ctx->offset;
			error = take_header_octet(ctx, *ctx->cursor++);
		}
	}
	if(error == X509_ERROR_NONE) {
		x509_hash_flush(ctx);
	}
	return error;
}
