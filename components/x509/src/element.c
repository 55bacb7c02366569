/** Names of the end entity for the caller, as UTF-8 (x509_config.subject_elements, issuer_elements). */
#include "internal.h"

static br_name_element *elements(const x509_context *ctx, size_t *count)
{
	if((ctx->flags & X509_IN_SUBJECT) != 0) {
		*count = ctx->config->subject_element_count;
		return ctx->config->subject_elements;
	}
	*count = ctx->config->issuer_element_count;
	return ctx->config->issuer_elements;
}

static const uint8_t email_oid[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01};

x509_error x509_on_attribute_type(x509_context *ctx)
{
	const uint8_t *oid = x509_scratch(ctx);

	if((ctx->flags & X509_IN_SUBJECT) != 0 && ctx->collected == sizeof(email_oid) &&
	   memcmp(oid, email_oid, sizeof(email_oid)) == 0) {
		ctx->flags |= X509_EMAIL;
	}
	ctx->element = 0;
	if((ctx->flags & X509_LEAF) == 0 || ctx->collected == 0 || ctx->collected > X509_SCRATCH_SIZE) {
		return X509_ERROR_NONE;
	}
	size_t count;
	br_name_element *list = elements(ctx, &count);
	for(size_t i = 0; i < count && i < 0xFF; ++i) {
		if(list[i].status == 0 && list[i].oid[0] == ctx->collected &&
		   memcmp(list[i].oid + 1, oid, ctx->collected) == 0) {
			ctx->element = (uint8_t)(i + 1);
			break;
		}
	}
	return X509_ERROR_NONE;
}

x509_error x509_on_attribute_begin(x509_context *ctx)
{
	if(ctx->element != 0) {
		ctx->how = HOW_COLLECT;
	}
	return X509_ERROR_NONE;
}

typedef struct {
	char *text;
	size_t size; /**< room, the final zero not counted */
	size_t used;
	bool good;
} utf8_writer;

static void put(utf8_writer *out, uint32_t code)
{
	uint8_t octets[4];
	size_t count;

	if(code < 0x80) {
		octets[0] = (uint8_t)code;
		count = 1;
	} else if(code < 0x800) {
		octets[0] = (uint8_t)(0xC0 | code >> 6);
		octets[1] = (uint8_t)(0x80 | (code & 0x3F));
		count = 2;
	} else if(code < 0x10000) {
		octets[0] = (uint8_t)(0xE0 | code >> 12);
		octets[1] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
		octets[2] = (uint8_t)(0x80 | (code & 0x3F));
		count = 3;
	} else {
		octets[0] = (uint8_t)(0xF0 | code >> 18);
		octets[1] = (uint8_t)(0x80 | (code >> 12 & 0x3F));
		octets[2] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
		octets[3] = (uint8_t)(0x80 | (code & 0x3F));
		count = 4;
	}
	if(code == 0 || count > out->size - out->used) {
		out->good = false; // a zero would hide what follows
		return;
	}
	memcpy(out->text + out->used, octets, count);
	out->used += count;
}

/** Next character of UTF-8 (RFC 3629 §4). @return octets taken, 0 when it is not valid */
static size_t next_utf8(const uint8_t *text, size_t length, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t first = text[0];
	size_t count = (first < 0x80) ? 1 : (first >> 5 == 6) ? 2 : (first >> 4 == 14) ? 3 : (first >> 3 == 30) ? 4 : 0;

	if(count == 0 || count > length) {
		return 0;
	}
	*code = (count == 1) ? first : first & (0x7Fu >> count);
	for(size_t i = 1; i < count; ++i) {
		if(text[i] >> 6 != 2) {
			return 0;
		}
		*code = *code << 6 | (text[i] & 0x3F);
	}
	bool valid = *code >= least[count] && *code <= 0x10FFFF && (*code < 0xD800 || *code > 0xDFFF);
	return valid ? count : 0;
}

/** Next character of a BMPString, with surrogates as some issuers write them. */
static size_t next_utf16(const uint8_t *text, size_t length, uint32_t *code)
{
	if(length < 2) {
		return 0;
	}
	*code = (uint32_t)text[0] << 8 | text[1];
	if(*code < 0xD800 || *code > 0xDFFF) {
		return 2;
	}
	if(*code > 0xDBFF || length < 4 || text[2] >> 2 != 0x37) {
		return 0;
	}
	*code = 0x10000 + ((*code & 0x3FF) << 10) + ((uint32_t)(text[2] & 3) << 8 | text[3]);
	return 4;
}

static void fill(br_name_element *element, uint8_t tag, const uint8_t *text, size_t length)
{
	utf8_writer out = {element->buf, element->len - 1, 0, true};

	while(length != 0 && out.good) {
		uint32_t code = text[0];
		size_t taken = 1;
		switch(tag) {
		case DER_UTF8_STRING:
			taken = next_utf8(text, length, &code);
			break;
		case DER_BMP_STRING:
			taken = next_utf16(text, length, &code);
			break;
		case DER_TELETEX_STRING: // in practice Latin-1
			break;
		default:
			if(code >= 0x80) {
				taken = 0;
			}
		}
		if(taken == 0) {
			out.good = false;
			break;
		}
		put(&out, code);
		text += taken;
		length -= taken;
	}
	element->buf[out.good ? out.used : 0] = '\0';
	element->status = out.good ? 1 : -1;
}

x509_error x509_on_attribute_value(x509_context *ctx)
{
	if(ctx->element == 0) {
		return X509_ERROR_NONE;
	}
	size_t count;
	br_name_element *element = &elements(ctx, &count)[ctx->element - 1];
	uint8_t tag = ctx->header[0];
	bool text = tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING ||
				tag == DER_TELETEX_STRING || tag == DER_BMP_STRING;
	if(text && ctx->collected <= X509_SCRATCH_SIZE) {
		fill(element, tag, x509_scratch(ctx), ctx->collected);
	} else {
		element->status = -1;
	}
	return X509_ERROR_NONE;
}

void x509_element_alt_name(x509_context *ctx, uint8_t form)
{
	br_name_element *list = ctx->config->subject_elements;

	for(size_t i = 0; i < ctx->config->subject_element_count; ++i) {
		if(list[i].status == 0 && list[i].oid[0] == 0 && list[i].oid[1] == form && form != 0) {
			if(ctx->collected <= X509_SCRATCH_SIZE) {
				fill(&list[i], DER_IA5_STRING, x509_scratch(ctx), ctx->collected);
			} else {
				list[i].status = -1;
			}
			return;
		}
	}
}
