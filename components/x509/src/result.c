/** What a caller may ask a validator. */
#include "internal.h"

void x509_init(x509_context *context, const x509_config *config)
{
	memset(context, 0, sizeof(*context));
	context->vtable = &x509_vtable;
	context->config = config;
}

const x509_details *x509_get_details(const x509_context *context)
{
	return &context->details;
}

const uint8_t *x509_get_hash(const x509_context *context, x509_hash_kind kind)
{
	if((context->usages & X509_READ_WHOLE) == 0 || (context->config->hashes & kind) == 0) {
		return NULL;
	}
	switch(kind) {
	case X509_HASH_SHA1:
		return (context->config->sha1 != NULL) ? context->ee_sha1.digest : NULL;
	case X509_HASH_SHA256:
		return context->ee_sha256.digest;
	default:
		return context->spki_hash;
	}
}

typedef struct {
	char *text;
	size_t size;
	size_t used;
} text_writer;

static void put_text(text_writer *out, const char *text, size_t length)
{
	for(size_t i = 0; i < length && out->used + 1 < out->size; ++i) {
		out->text[out->used++] = (text[i] >= 0x20 && text[i] < 0x7F) ? text[i] : '?';
	}
}

/** A DNS name, with nothing in it that could pass for the end of a name. */
static void put_name(text_writer *out, const uint8_t *name, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		char c = (char)name[i];
		put_text(out, (c == ' ' || c == ',') ? "?" : &c, 1);
	}
}

static void put_number(text_writer *out, unsigned value, unsigned base)
{
	char digits[5];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while(value != 0);
	put_text(out, digits + at, sizeof(digits) - at);
}

static void put_address(text_writer *out, const uint8_t *address, size_t length)
{
	for(size_t i = 0; i < length; i += (length == 4) ? 1 : 2) {
		if(i != 0) {
			put_text(out, (length == 4) ? "." : ":", 1);
		}
		if(length == 4) {
			put_number(out, address[i], 10);
		} else {
			put_number(out, (unsigned)address[i] << 8 | address[i + 1], 16);
		}
	}
}

size_t x509_format_names(const x509_context *context, char *text, size_t size)
{
	text_writer out = {text, size, 0};
	uint16_t capacity;
	const uint8_t *names = x509_names(context, &capacity);

	if(size == 0) {
		return 0;
	}
	for(unsigned i = 0; i < context->names_used && (names[i] & X509_NAME_ISSUER) == 0; i += 2u + names[i + 1]) {
		if(i != 0) {
			put_text(&out, ", ", 2);
		}
		if((names[i] & X509_NAME_FORM) == X509_FORM_DNS) {
			put_name(&out, names + i + 2, names[i + 1]);
		} else {
			put_address(&out, names + i + 2, names[i + 1]);
		}
	}
	if((context->path_flags & (X509_LOST_DNS | X509_LOST_IP)) != 0 && out.used + 5 < size) {
		static const char more[] = ", \xE2\x80\xA6";
		memcpy(text + out.used, more, sizeof(more) - 1);
		out.used += sizeof(more) - 1;
	}
	text[out.used] = '\0';
	return out.used;
}

x509_error x509_validate(x509_context *context, const x509_config *config, const uint8_t *const *certificates,
						 const size_t *lengths, size_t count)
{
	x509_init(context, config);
	x509_vtable.start_chain(&context->vtable, NULL);
	for(size_t i = 0; i < count; ++i) {
		uint32_t length = (lengths[i] <= UINT32_MAX) ? (uint32_t)lengths[i] : UINT32_MAX;
		x509_vtable.start_cert(&context->vtable, length);
		if(length != 0) {
			x509_vtable.append(&context->vtable, certificates[i], length);
		}
		x509_vtable.end_cert(&context->vtable);
	}
	return (x509_error)x509_vtable.end_chain(&context->vtable);
}
