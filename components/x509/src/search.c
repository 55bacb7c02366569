/**
 * The search for a path through certificates that are kept.
 *
 * A round gives the validator the end entity, then a certificate whose subject is the issuer's name, then that one's
 * issuer, and so on. Certificates whose key does not verify the one below are passed over. A round that leads nowhere
 * strikes out the last certificate of its path: either it has no issuer, or it may not stand there. A certificate is
 * at most once in a path and stays struck out, so loops end, and the number of tries bounds the work of all rounds.
 */
#include "reorder_internal.h"

typedef struct {
	const uint8_t *data;
	size_t length;
} slice;

typedef struct {
	const x509_reorder_entry *entry;
	slice subject;
	slice issuer;
} named;

typedef struct {
	x509_reorder *reorder;
	const x509_config *config;
	x509_config without_anchors; /**< for certificates above which they were looked for in vain */
	named list[X509_MAX_CHAIN];
	unsigned count;
	unsigned tries;
	uint16_t refused[X509_MAX_CHAIN]; /**< for each certificate: the keys that do not verify it, one bit each */
	uint16_t struck;
	uint16_t processed;
	x509_details hindrance; /**< the first error of a certificate within a path */
} search;

/** Take the next element of DER. @return false when there is none; `content` is that of the element */
static bool take(slice *from, uint8_t *tag, slice *whole, slice *content)
{
	size_t header = 2;
	size_t length;

	if(from->length < 2) {
		return false;
	}
	length = from->data[1];
	if(length >= 0x80) {
		size_t octets = length & 0x7F;
		if(octets == 0 || octets > 2 || from->length < 2 + octets) {
			return false;
		}
		length = 0;
		for(; octets != 0; --octets) {
			length = length << 8 | from->data[header++];
		}
	}
	if(length > from->length - header) {
		return false;
	}
	*tag = from->data[0];
	*whole = (slice){from->data, header + length};
	*content = (slice){from->data + header, length};
	from->data += header + length;
	from->length -= header + length;
	return true;
}

/** Find subject and issuer (RFC 5280 §4.1). The validator reads the certificate properly if it comes to it. */
static bool find_names(named *certificate)
{
	static const uint8_t tags[] = {DER_INTEGER, DER_SEQUENCE, DER_SEQUENCE, DER_SEQUENCE, DER_SEQUENCE};
	slice from = {certificate->entry->der, certificate->entry->length};
	slice fields[sizeof(tags)];
	slice content;
	uint8_t tag;

	for(unsigned level = 0; level < 2; ++level) {
		if(!take(&from, &tag, &fields[0], &content) || tag != DER_SEQUENCE) {
			return false;
		}
		from = content;
	}
	if(from.length != 0 && from.data[0] == DER_CONTEXT_CONSTRUCTED(0) && !take(&from, &tag, &fields[0], &content)) {
		return false;
	}
	for(unsigned i = 0; i < sizeof(tags); ++i) {
		if(!take(&from, &tag, &fields[i], &content) || tag != tags[i]) {
			return false;
		}
	}
	certificate->issuer = fields[2];
	certificate->subject = fields[4];
	return true;
}

static bool is_equal(slice a, slice b)
{
	return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/** A certificate that may have issued `below` and was not tried for it. @return its index, 0 when there is none */
static unsigned find_issuer(const search *s, unsigned below, uint16_t path)
{
	unsigned excluded = path | s->struck | s->refused[below];

	for(unsigned i = 1; i < s->count; ++i) {
		if((excluded >> i & 1u) == 0 && is_equal(s->list[i].subject, s->list[below].issuer)) {
			return i;
		}
	}
	return 0;
}

static void feed(search *s, unsigned index)
{
	x509_context *ctx = s->reorder->context;
	const x509_reorder_entry *entry = s->list[index].entry;

	ctx->config = ((s->processed >> index & 1u) != 0) ? &s->without_anchors : s->config;
	x509_vtable.start_cert(&ctx->vtable, entry->length);
	x509_vtable.append(&ctx->vtable, entry->der, entry->length);
	x509_vtable.end_cert(&ctx->vtable);
	ctx->config = s->config;
}

static bool is_trusted(const search *s)
{
	return (s->reorder->context->path_flags & X509_TRUSTED) != 0;
}

/** One path. @return true when there is nothing more to try, or an anchor was reached */
static bool run_round(search *s)
{
	x509_context *ctx = s->reorder->context;
	unsigned below = 0;
	unsigned length = 1;
	uint16_t path = 1;

	x509_vtable.start_chain(&ctx->vtable, ctx->dns_name);
	feed(s, 0);
	for(;;) {
		unsigned issuer = find_issuer(s, below, path);
		if(issuer == 0) {
			s->struck = (uint16_t)(s->struck | 1u << below);
			return below == 0;
		}
		if(s->tries == X509_REORDER_TRIES) {
			return true;
		}
		++s->tries;
		ctx->certificates = (uint8_t)length; // those that were passed over do not count
		feed(s, issuer);
		if(is_trusted(s)) {
			return true;
		}
		x509_error error = ctx->details.error;
		if(error != X509_ERROR_NONE) {
			ctx->details.depth = s->list[issuer].entry->position;
			if(s->hindrance.error == X509_ERROR_NONE) {
				s->hindrance = ctx->details;
			}
			if((ctx->path_flags & X509_SPENT) != 0) {
				s->refused[below] = (uint16_t)(s->refused[below] | 1u << issuer);
			} else {
				s->struck = (uint16_t)(s->struck | 1u << issuer);
			}
			return !x509_is_of_path(error);
		}
		if((ctx->flags & X509_SKIP) != 0) {
			s->refused[below] = (uint16_t)(s->refused[below] | 1u << issuer);
			continue;
		}
		path = (uint16_t)(path | 1u << issuer);
		s->processed = (uint16_t)(s->processed | 1u << issuer);
		below = issuer;
		++length;
	}
}

/** @return false when a certificate that is kept cannot be read even so far */
static bool prepare(search *s, x509_reorder *reorder)
{
	memset(s, 0, sizeof(*s));
	s->reorder = reorder;
	s->config = reorder->context->config;
	s->without_anchors = *s->config;
	s->without_anchors.find_anchor = NULL;
	for(const x509_reorder_entry *entry = reorder->first; entry != NULL; entry = entry->next) {
		named *certificate = &s->list[s->count];
		certificate->entry = entry;
		if(!find_names(certificate)) {
			return false;
		}
		if((reorder->processed >> entry->position & 1u) != 0) {
			s->processed = (uint16_t)(s->processed | 1u << s->count);
		}
		++s->count;
	}
	return true;
}

x509_error x509_reorder_search(x509_reorder *reorder, x509_error first)
{
	x509_context *ctx = reorder->context;
	const x509_details sent = ctx->details;
	search *s = reorder->allocate(sizeof(*s)); // not on the stack: signatures are verified below

	if(s == NULL) {
		return first;
	}
	if(prepare(s, reorder)) {
		while(!run_round(s)) {
		}
		if(is_trusted(s)) {
			first = (x509_error)x509_vtable.end_chain(&ctx->vtable);
		} else {
			bool vague = first == X509_ERROR_UNKNOWN_CA || first == X509_ERROR_SELF_SIGNED;
			ctx->details = (vague && s->hindrance.error != X509_ERROR_NONE) ? s->hindrance : sent;
			first = ctx->details.error;
		}
	}
	reorder->release(s);
	return first;
}
