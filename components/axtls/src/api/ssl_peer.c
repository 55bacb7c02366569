/**
 * The peer's certificate: checked while it comes in, then reduced to hashes and names.
 *
 * With SSL_SERVER_VERIFY_LATER the handshake only needs the key, and the chain is checked on the side for
 * ssl_verify_cert(): two validators then look at the same bytes, if there is anything to check against.
 */
#include "api.h"
#include <string.h>

struct validation_ {
	const br_x509_class *vtable;
	SSL *ssl;
	x509_config config;
	x509_context main; /**< what the handshake depends on */
	x509_config later_config;
	x509_context *later; /**< chain check on the side, NULL: none */
	br_name_element subject[9];
	br_name_element issuer[6];
	char text[NAME_COUNT][NAME_SIZE];
};

/** Attribute types with their length in front (X.520): CN, O, OU, L, C, ST; and dNSName of the subjectAltName. */
static const unsigned char attributes[6][4] = {
	{3, 0x55, 0x04, 0x03}, {3, 0x55, 0x04, 0x0A}, {3, 0x55, 0x04, 0x0B},
	{3, 0x55, 0x04, 0x07}, {3, 0x55, 0x04, 0x06}, {3, 0x55, 0x04, 0x08},
};
static const unsigned char dns_name[2] = {0, 2};

static validation *self(const br_x509_class **class_pointer)
{
	return (validation *)(void *)class_pointer;
}

static void start_chain(const br_x509_class **c, const char *server_name)
{
	validation *v = self(c);
	v->main.vtable->start_chain(&v->main.vtable, server_name);
	if (v->later != NULL) {
		v->later->vtable->start_chain(&v->later->vtable, server_name);
	}
}

static void start_certificate(const br_x509_class **c, uint32_t length)
{
	validation *v = self(c);
	v->main.vtable->start_cert(&v->main.vtable, length);
	if (v->later != NULL) {
		v->later->vtable->start_cert(&v->later->vtable, length);
	}
}

static void append(const br_x509_class **c, const unsigned char *data, size_t length)
{
	validation *v = self(c);
	v->main.vtable->append(&v->main.vtable, data, length);
	if (v->later != NULL) {
		v->later->vtable->append(&v->later->vtable, data, length);
	}
}

static void end_certificate(const br_x509_class **c)
{
	validation *v = self(c);
	v->main.vtable->end_cert(&v->main.vtable);
	if (v->later != NULL) {
		v->later->vtable->end_cert(&v->later->vtable);
	}
}

static const br_name_element *element(const validation *v, size_t i)
{
	return i < 6 ? &v->subject[i] : i < NAME_DNS ? &v->issuer[i - 6] : &v->subject[i - NAME_DNS + 6];
}

size_t peer_size(const peer_info *peer)
{
	return sizeof(*peer) + peer->text_length;
}

/** Keep what is worth keeping, in a block of the right size. */
static bool keep(validation *v)
{
	SSL *ssl = v->ssl;
	size_t length = 0;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		length += element(v, i)->status == 1 ? strlen(element(v, i)->buf) + 1 : 0;
	}
	peer_info *peer = api_allocate(ssl->context, sizeof(*peer) + length, AXTLS_MEMORY_SESSION);
	if (peer == NULL) {
		return false;
	}
	peer->text_length = (uint16_t)length;
	size_t at = 0;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		const br_name_element *e = element(v, i);
		peer->offsets[i] = NAME_NONE;
		if (e->status == 1) {
			size_t size = strlen(e->buf) + 1;
			memcpy(peer->text + at, e->buf, size);
			peer->offsets[i] = (uint16_t)at;
			at += size;
		}
	}
	const uint8_t *sha1 = x509_get_hash(&v->main, X509_HASH_SHA1), *spki = x509_get_hash(&v->main, X509_HASH_SPKI);
	memset(peer->sha1, 0, sizeof(peer->sha1));
	memset(peer->spki, 0, sizeof(peer->spki));
	if (sha1 != NULL && spki != NULL) {
		memcpy(peer->sha1, sha1, sizeof(peer->sha1));
		memcpy(peer->spki, spki, sizeof(peer->spki));
	}
	ssl->peer = peer;
	return true;
}

static unsigned end_chain(const br_x509_class **c)
{
	validation *v = self(c);
	SSL *ssl = v->ssl;
	x509_error error = (x509_error)v->main.vtable->end_chain(&v->main.vtable);

	ssl->verify_result = error == X509_ERROR_NONE ? SSL_OK : api_x509_error(error);
	if (error == X509_ERROR_NONE && !v->config.check_chain) {
		x509_error later = X509_ERROR_UNKNOWN_CA;
		if (v->later != NULL) {
			later = (x509_error)v->later->vtable->end_chain(&v->later->vtable);
		}
		ssl->verify_result = later == X509_ERROR_NONE ? SSL_OK : api_x509_error(later);
	}
	if (error == X509_ERROR_NONE && !keep(v)) {
		return X509_ERROR_BUFFER;
	}
	return error;
}

static const br_x509_pkey *get_key(const br_x509_class *const *c, unsigned *usages)
{
	const validation *v = (const validation *)(const void *)c;
	return v->main.vtable->get_pkey(&v->main.vtable, usages);
}

static const br_x509_class validation_class = {
	sizeof(validation), start_chain, start_certificate, append, end_certificate, end_chain, get_key,
};

/** Anchors of a context: few, so that they are just looked through. */
static const x509_anchor *find_anchor(void *param, const uint8_t subject_hash[X509_SUBJECT_HASH_SIZE],
									  const x509_anchor *previous)
{
	const SSL_CTX *context = param;
	bool passed = previous == NULL;
	for (size_t i = 0; i < context->trust_count; i++) {
		const x509_anchor *anchor = &context->trust[i].anchor;
		if (passed && memcmp(anchor->subject_hash, subject_hash, X509_SUBJECT_HASH_SIZE) == 0) {
			return anchor;
		}
		passed = passed || anchor == previous;
	}
	return NULL;
}

static void configure(const SSL *ssl, x509_config *config, x509_mode mode, bool check_chain)
{
	SSL_CTX *context = ssl->context;
	int64_t seconds;

	x509_config_init(config, mode);
	config->check_chain = check_chain;
	config->find_anchor = find_anchor;
	config->find_anchor_param = context;
	if (context->platform->time(context->platform->param, &seconds)) {
		x509_config_set_time(config, seconds);
	}
	if (ssl->host_name != NULL) {
		x509_config_set_server(config, ssl->host_name);
	}
}

static void set_element(validation *v, size_t i, br_name_element *e, const unsigned char *oid)
{
	e->oid = oid;
	e->buf = v->text[i];
	e->len = NAME_SIZE;
}

const br_x509_class **peer_get_validator(void *connection, axtls_engine *engine)
{
	SSL *ssl = connection;
	SSL_CTX *context = ssl->context;
	x509_mode mode = axtls_engine_is_server(engine) ? X509_CLIENT_CERTIFICATE : X509_SERVER_CERTIFICATE;
	bool later = mode == X509_SERVER_CERTIFICATE && (context->options & SSL_SERVER_VERIFY_LATER) != 0;
	validation *v = api_allocate(context, sizeof(*v), AXTLS_MEMORY_HANDSHAKE);

	if (v == NULL) {
		return NULL;
	}
	memset(v, 0, sizeof(*v));
	v->vtable = &validation_class;
	v->ssl = ssl;
	ssl->validation = v;
	configure(ssl, &v->config, mode, !later);
	v->config.hashes = X509_HASH_SHA1 | X509_HASH_SPKI;
	for (size_t i = 0; i < 6; i++) {
		set_element(v, i, &v->subject[i], attributes[i]);
		set_element(v, 6 + i, &v->issuer[i], attributes[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		set_element(v, NAME_DNS + i, &v->subject[6 + i], dns_name);
	}
	v->config.subject_elements = v->subject;
	v->config.subject_element_count = 9;
	v->config.issuer_elements = v->issuer;
	v->config.issuer_element_count = 6;
	x509_init(&v->main, &v->config);
	if (later && context->trust_count > 0) {
		v->later = api_allocate(context, sizeof(*v->later), AXTLS_MEMORY_HANDSHAKE);
		if (v->later == NULL) {
			peer_release_validator(ssl, engine);
			return NULL;
		}
		configure(ssl, &v->later_config, mode, true);
		x509_init(v->later, &v->later_config);
	}
	return &v->vtable;
}

void peer_release_validator(void *connection, axtls_engine *engine)
{
	SSL *ssl = connection;
	(void)engine;
	if (ssl->validation != NULL) {
		if (ssl->validation->later != NULL) {
			api_release(ssl->context, ssl->validation->later, sizeof(x509_context), AXTLS_MEMORY_HANDSHAKE);
		}
		api_release(ssl->context, ssl->validation, sizeof(*ssl->validation), AXTLS_MEMORY_HANDSHAKE);
		ssl->validation = NULL;
	}
}

static const char *name(const SSL *ssl, size_t i)
{
	const peer_info *peer = ssl->peer;
	return peer == NULL || peer->offsets[i] == NAME_NONE ? NULL : peer->text + peer->offsets[i];
}

const char *ssl_get_cert_dn(const SSL *ssl, int component)
{
	return component >= SSL_X509_CERT_COMMON_NAME && component <= SSL_X509_CA_CERT_STATE ? name(ssl, (size_t)component)
																						 : NULL;
}

const char *ssl_get_cert_subject_alt_dnsname(const SSL *ssl, int index)
{
	return index >= 0 && index < NAME_COUNT - NAME_DNS ? name(ssl, NAME_DNS + (size_t)index) : NULL;
}

/** Certificates are public: without the proof that the peer has the key, one says nothing about it. */
static bool is_proven(const SSL *ssl)
{
	return ssl->peer != NULL && axtls_engine_is_peer_authenticated(ssl->engine);
}

int ssl_match_fingerprint(const SSL *ssl, const uint8_t *fp)
{
	return is_proven(ssl) && memcmp(ssl->peer->sha1, fp, sizeof(ssl->peer->sha1)) == 0 ? SSL_OK : SSL_NOT_OK;
}

int ssl_match_spki_sha256(const SSL *ssl, const uint8_t *hash)
{
	return is_proven(ssl) && memcmp(ssl->peer->spki, hash, sizeof(ssl->peer->spki)) == 0 ? SSL_OK : SSL_NOT_OK;
}

int ssl_verify_cert(const SSL *ssl)
{
	return ssl->verify_result == SSL_OK && !is_proven(ssl) ? SSL_ERROR_BAD_CERTIFICATE : ssl->verify_result;
}
