/** The path, from the end entity to an anchor (RFC 5280 §6.1), and the br_x509_class. */
#include "internal.h"

_Static_assert(X509_STATE_SIZE <= 1200, "the validator's state must stay below 1.2 KB");

void x509_fail(x509_context *ctx, x509_error error)
{
	if(ctx->details.error == X509_ERROR_NONE) {
		ctx->details.error = error;
		ctx->details.depth = (uint8_t)((ctx->certificates == 0) ? 0 : ctx->certificates - 1);
		ctx->details.not_before = ctx->not_before;
		ctx->details.not_after = ctx->not_after;
	}
}

/** What to say if nothing better comes. */
static void fall_back(x509_context *ctx, x509_error error)
{
	if(ctx->fallback == X509_ERROR_NONE) {
		ctx->fallback = (uint8_t)error;
	}
}

x509_error x509_reject_candidate(x509_context *ctx, x509_error error)
{
	if((ctx->flags & X509_LEAF) != 0) {
		return error;
	}
	// another certificate of that name may follow: a CA with a new key, or one signed by somebody else
	fall_back(ctx, error);
	ctx->flags |= X509_SKIP;
	return X509_ERROR_NONE;
}

static bool is_active(const x509_context *ctx)
{
	return ctx->details.error == X509_ERROR_NONE && (ctx->path_flags & X509_TRUSTED) == 0 &&
		   (ctx->flags & X509_SKIP) == 0;
}

/** From here on, constraints apply to all names known so far. */
static void close_below(x509_context *ctx)
{
	ctx->below_names = ctx->names_used;
	ctx->below_forms = ctx->forms;
	ctx->path_flags = (uint8_t)(ctx->path_flags & ~(X509_BELOW_LOST_DNS | X509_BELOW_LOST_IP));
	if((ctx->path_flags & X509_LOST_DNS) != 0) {
		ctx->path_flags |= X509_BELOW_LOST_DNS;
	}
	if((ctx->path_flags & X509_LOST_IP) != 0) {
		ctx->path_flags |= X509_BELOW_LOST_IP;
	}
}

static x509_error check_dates(const x509_config *config, int64_t not_before, int64_t not_after)
{
	if(!config->time_known) {
		return X509_ERROR_NONE; // end_chain() refuses then
	}
	if(config->time < not_before) {
		return X509_ERROR_NOT_YET_VALID;
	}
	return (config->time > not_after) ? X509_ERROR_EXPIRED : X509_ERROR_NONE;
}

/** The end entity is the very certificate that an anchor trusts. */
static bool is_trusted_directly(const x509_context *ctx)
{
	const x509_config *config = ctx->config;
	const x509_anchor *anchor = NULL;

	if(config->find_anchor == NULL) {
		return false;
	}
	for(unsigned i = 0; i < X509_MAX_ANCHORS; ++i) {
		anchor = config->find_anchor(config->find_anchor_param, ctx->issuer_hash, anchor); // our own subject, here
		if(anchor == NULL) {
			return false;
		}
		if(anchor->certificate_hash != NULL && memcmp(anchor->certificate_hash, ctx->ee_sha256.digest, 32) == 0) {
			return true;
		}
	}
	return false;
}

/** Key usage of the end entity (RFC 5280 §4.2.1.3; RFC 5246 §7.4.2, §7.4.6). */
static void find_usages(x509_context *ctx)
{
	uint8_t exchange = (ctx->key_type == BR_KEYTYPE_RSA) ? X509_USAGE_KEY_ENCIPHERMENT : X509_USAGE_KEY_AGREEMENT;

	ctx->usages = X509_READ_WHOLE | BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;
	if((ctx->flags & X509_HAS_USAGE) != 0) {
		ctx->usages = X509_READ_WHOLE;
		if((ctx->usage & X509_USAGE_DIGITAL_SIGNATURE) != 0) {
			ctx->usages |= BR_KEYTYPE_SIGN;
		}
		if((ctx->usage & exchange) != 0) {
			ctx->usages |= BR_KEYTYPE_KEYX;
		}
	}
}

static x509_error check_leaf(x509_context *ctx)
{
	const x509_config *config = ctx->config;
	bool direct = is_trusted_directly(ctx);

	if(ctx->version != 2) {
		return X509_ERROR_BAD_VERSION; // RFC 5246 §7.4.2
	}
	if((ctx->flags & X509_CA) != 0) {
		return ((ctx->flags & X509_SELF_ISSUED) != 0) ? X509_ERROR_SELF_SIGNED : X509_ERROR_CA_AS_LEAF;
	}
	if((ctx->flags & X509_NO_SUBJECT) != 0 && (ctx->flags & X509_SAN_CRITICAL) == 0) {
		return X509_ERROR_MALFORMED; // RFC 5280 §4.1.2.6
	}
	uint8_t wanted = (config->mode == X509_CLIENT_CERTIFICATE) ? BR_KEYTYPE_SIGN : BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;
	bool signs = (ctx->flags & X509_HAS_USAGE) != 0 && (ctx->usage & X509_USAGE_CERT_SIGN) != 0;
	if((ctx->usages & wanted) == 0 || signs) {
		return X509_ERROR_KEY_USAGE; // §4.2.1.3: keyCertSign only with cA
	}
	if((ctx->flags & X509_HAS_PURPOSE) != 0 && (ctx->flags & X509_PURPOSE_OK) == 0) {
		return X509_ERROR_EXTENDED_KEY_USAGE;
	}
	if(config->mode == X509_SERVER_CERTIFICATE && (ctx->path_flags & X509_NAME_OK) == 0) {
		return X509_ERROR_WRONG_NAME;
	}
	x509_error error = check_dates(config, ctx->not_before, ctx->not_after);
	if(error != X509_ERROR_NONE) {
		return error;
	}
	if(direct) {
		ctx->path_flags |= X509_TRUSTED;
	}
	return X509_ERROR_NONE;
}

/** A certificate whose key verified the one below (RFC 5280 §6.1.4 (k) to (n)). */
static x509_error check_issuer(x509_context *ctx)
{
	if(ctx->version != 2) {
		return X509_ERROR_BAD_VERSION;
	}
	if((ctx->flags & X509_CA) == 0 ||
	   ((ctx->flags & X509_HAS_USAGE) != 0 && (ctx->usage & X509_USAGE_CERT_SIGN) == 0)) {
		return X509_ERROR_NOT_CA;
	}
	// not in RFC 5280, but what CAs mean by it and other validators enforce (CA/Browser Forum BR §7.1.2.2)
	if((ctx->flags & X509_HAS_PURPOSE) != 0 && (ctx->flags & X509_PURPOSE_OK) == 0) {
		return X509_ERROR_EXTENDED_KEY_USAGE;
	}
	if(ctx->path_length >= 0 && ctx->intermediates > ctx->path_length) {
		return X509_ERROR_PATH_LENGTH;
	}
	if((ctx->flags & X509_SELF_ISSUED) == 0) {
		++ctx->intermediates;
	}
	return check_dates(ctx->config, ctx->not_before, ctx->not_after);
}

/** The current certificate is good so far: now it waits for its issuer. */
static x509_error wait_for_issuer(x509_context *ctx)
{
	const x509_config *config = ctx->config;

	memcpy(ctx->issuer_hash, ctx->current_issuer_hash, sizeof(ctx->issuer_hash));
	ctx->waiting_algorithm = ctx->algorithm;
	ctx->waiting_hash = ctx->hash;
	ctx->waiting_salt = ctx->salt_length;
	switch(ctx->algorithm) {
	case X509_SIGNATURE_WEAK:
		return X509_ERROR_WEAK_SIGNATURE;
	case X509_SIGNATURE_RSA:
		return (config->rsa_pkcs1_vrfy != NULL) ? X509_ERROR_NONE : X509_ERROR_UNSUPPORTED_SIGNATURE;
	case X509_SIGNATURE_PSS:
		return X509_ERROR_NONE;
	case X509_SIGNATURE_ECDSA:
		return (config->ecdsa_vrfy != NULL && config->ec != NULL) ? X509_ERROR_NONE : X509_ERROR_UNSUPPORTED_SIGNATURE;
	default:
		return X509_ERROR_UNSUPPORTED_SIGNATURE;
	}
}

/** Does this anchor vouch for the waiting certificate and the path below it? */
static x509_error check_anchor(x509_context *ctx, const x509_anchor *anchor)
{
	x509_error error = x509_verify(ctx, &anchor->key, false);
	if(error != X509_ERROR_NONE) {
		return error;
	}
	if(check_dates(ctx->config, anchor->not_before, anchor->not_after) != X509_ERROR_NONE) {
		return X509_ERROR_ANCHOR_EXPIRED;
	}
	if(anchor->path_length >= 0 && ctx->intermediates > anchor->path_length) {
		return X509_ERROR_PATH_LENGTH;
	}
	return x509_apply_constraints(ctx, anchor->name_constraints,
								  (anchor->name_constraints != NULL) ? anchor->name_constraints_length : 0);
}

static void find_anchor(x509_context *ctx)
{
	const x509_config *config = ctx->config;
	const x509_anchor *anchor = NULL;

	if(config->find_anchor == NULL) {
		return;
	}
	close_below(ctx);
	for(unsigned i = 0; i < X509_MAX_ANCHORS; ++i) {
		anchor = config->find_anchor(config->find_anchor_param, ctx->issuer_hash, anchor);
		if(anchor == NULL) {
			return;
		}
		if(anchor->certificate_hash != NULL) {
			continue; // an end entity, which issues nothing
		}
		x509_error error = check_anchor(ctx, anchor);
		if(error == X509_ERROR_NONE) {
			ctx->path_flags |= X509_TRUSTED;
			return;
		}
		if(error == X509_ERROR_ANCHOR_EXPIRED && ctx->fallback == X509_ERROR_NONE) {
			ctx->not_before = anchor->not_before;
			ctx->not_after = anchor->not_after;
		}
		fall_back(ctx, error);
	}
}

static x509_context *self(const br_x509_class **class_pointer)
{
	return (x509_context *)(void *)class_pointer;
}

static void on_start_chain(const br_x509_class **class_pointer, const char *server_name)
{
	x509_context *ctx = self(class_pointer);
	const x509_config *config = ctx->config;
	br_name_element *lists[] = {config->subject_elements, config->issuer_elements};
	size_t counts[] = {config->subject_element_count, config->issuer_element_count};

	memset(ctx, 0, sizeof(*ctx));
	ctx->vtable = &x509_vtable;
	ctx->config = config;
	for(unsigned list = 0; list < 2; ++list) {
		for(size_t i = 0; i < counts[list]; ++i) {
			lists[list][i].status = 0;
			lists[list][i].buf[0] = '\0';
		}
	}
	ctx->dns_name = config->dns_name;
	if(config->address_length == 0 && ctx->dns_name == NULL && server_name != NULL && server_name[0] != '\0') {
		ctx->dns_name = server_name;
	}
	if(config->check_chain && config->mode == X509_SERVER_CERTIFICATE && config->address_length == 0 &&
	   (ctx->dns_name == NULL || ctx->dns_name[0] == '\0')) {
		x509_fail(ctx, X509_ERROR_NO_NAME);
	}
}

static void on_start_certificate(const br_x509_class **class_pointer, uint32_t length)
{
	x509_context *ctx = self(class_pointer);
	bool leaf = ctx->certificates == 0;

	if(!leaf && (ctx->details.error != X509_ERROR_NONE || (ctx->path_flags & X509_TRUSTED) != 0 ||
				 !ctx->config->check_chain)) {
		ctx->flags |= X509_SKIP; // what follows is of no interest
		return;
	}
	if(ctx->certificates == X509_MAX_CHAIN || length > X509_MAX_CERTIFICATE) {
		x509_fail(ctx, X509_ERROR_LIMIT);
		return;
	}
	++ctx->certificates;
	close_below(ctx);
	ctx->flags = leaf ? X509_LEAF : 0;
	ctx->not_before = 0;
	ctx->not_after = 0;
	ctx->name_count = 0;
	ctx->path_length = -1;
	ctx->seen = 0;
	ctx->extension_count = 0;
	ctx->unknown_count = 0;
	ctx->subtree_count = 0;
	ctx->version = 0;
	ctx->usage = 0;
	ctx->constraints_length = 0;
	ctx->hashing = 0;
	if(leaf && (ctx->config->hashes & X509_HASH_SHA1) != 0 && ctx->config->sha1 != NULL) {
		ctx->config->sha1->init(&ctx->ee_sha1.context.vtable);
		ctx->hashing |= X509_HASHING_SHA1;
	}
	if(leaf && ((ctx->config->hashes & X509_HASH_SHA256) != 0 || ctx->config->check_chain)) {
		br_sha256_init(&ctx->ee_sha256.context);
		ctx->hashing |= X509_HASHING_SHA256;
	}
	x509_parser_reset(ctx, x509_rule_certificate, (uint16_t)length);
}

static void on_append(const br_x509_class **class_pointer, const unsigned char *data, size_t length)
{
	x509_context *ctx = self(class_pointer);

	if(is_active(ctx) && length != 0) {
		x509_error error = x509_parse(ctx, data, length);
		if(error != X509_ERROR_NONE) {
			x509_fail(ctx, error);
		}
	}
}

static x509_error end_certificate(x509_context *ctx)
{
	bool leaf = (ctx->flags & X509_LEAF) != 0;
	x509_error error;

	if((ctx->flags & X509_COMPLETE) == 0 || !x509_parser_done(ctx)) {
		return X509_ERROR_TRUNCATED;
	}
	if(leaf && ctx->details.error == X509_ERROR_NONE) {
		ctx->details.not_before = ctx->not_before; // those of a certificate in error replace them
		ctx->details.not_after = ctx->not_after;
	}
	if(leaf) {
		uint8_t digest[32];
		if((ctx->hashing & X509_HASHING_SHA1) != 0) {
			ctx->config->sha1->out(&ctx->ee_sha1.context.vtable, digest);
			memcpy(ctx->ee_sha1.digest, digest, sizeof(ctx->ee_sha1.digest));
		}
		if((ctx->hashing & X509_HASHING_SHA256) != 0) {
			br_sha256_out(&ctx->ee_sha256.context, digest);
			memcpy(ctx->ee_sha256.digest, digest, sizeof(digest));
		}
		find_usages(ctx);
	}
	if(!ctx->config->check_chain) {
		return X509_ERROR_NONE;
	}
	error = leaf ? check_leaf(ctx) : check_issuer(ctx);
	if(error != X509_ERROR_NONE || (ctx->path_flags & X509_TRUSTED) != 0) {
		return error;
	}
	error = wait_for_issuer(ctx);
	if(error == X509_ERROR_NONE) {
		find_anchor(ctx);
		if((ctx->path_flags & X509_TRUSTED) == 0 && leaf && (ctx->flags & X509_SELF_ISSUED) != 0) {
			fall_back(ctx, X509_ERROR_SELF_SIGNED);
		}
	}
	return error;
}

static void on_end_certificate(const br_x509_class **class_pointer)
{
	x509_context *ctx = self(class_pointer);

	if(is_active(ctx)) {
		x509_error error = end_certificate(ctx);
		if(error != X509_ERROR_NONE) {
			x509_fail(ctx, error);
		}
	}
}

static unsigned on_end_chain(const br_x509_class **class_pointer)
{
	x509_context *ctx = self(class_pointer);

	if(ctx->certificates == 0) {
		x509_fail(ctx, X509_ERROR_EMPTY);
	} else if(ctx->config->check_chain) {
		if((ctx->path_flags & X509_TRUSTED) == 0) {
			x509_fail(ctx, (ctx->fallback != X509_ERROR_NONE) ? (x509_error)ctx->fallback : X509_ERROR_UNKNOWN_CA);
		} else if(!ctx->config->time_known) {
			x509_fail(ctx, X509_ERROR_TIME_UNKNOWN);
		}
	}
	return ctx->details.error;
}

static const br_x509_pkey *on_get_key(const br_x509_class *const *class_pointer, unsigned *usages)
{
	const x509_context *ctx = (const x509_context *)(const void *)class_pointer;

	if(ctx->details.error != X509_ERROR_NONE || ctx->key.key_type == 0) {
		return NULL;
	}
	if(usages != NULL) {
		*usages = ctx->usages & (BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX);
	}
	return &ctx->key;
}

const br_x509_class x509_vtable = {
	sizeof(x509_context), on_start_chain, on_start_certificate, on_append, on_end_certificate, on_end_chain, on_get_key,
};
