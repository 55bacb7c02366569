/** api.h: what the parts of the axTLS C API share. */
#ifndef AXTLS_API_H
#define AXTLS_API_H

#include <axtls/engine.h>
#include <ssl.h>
#include <x509/validator.h>

/** As axTLS' defaults: own certificates and trusted ones per context. */
#define MAX_CERTIFICATES 4
#define MAX_ANCHORS 8
#define MAX_SESSIONS 256

typedef struct {
	x509_anchor anchor;
	uint8_t *memory;
	size_t memory_length;
} trusted;

struct SSL_CTX_ {
	const SSL_PLATFORM *platform;
	uint32_t options;
	axtls_settings settings;
	int session_count;	  /**< room in each of the caches */
	axtls_cache sessions; /**< of our clients */
	axtls_cache visits;	  /**< of the servers that we were clients of: made by others, so nothing to serve */
	br_hmac_drbg_context random;
	br_x509_certificate chain[MAX_CERTIFICATES];
	size_t chain_length;
	br_skey_decoder_context *key;
	axtls_identity identity;
	trusted trust[MAX_ANCHORS];
	size_t trust_count;
	SSL *connections;
};

/** Parts of names: six of the subject, six of the issuer, three DNS names. */
#define NAME_COUNT 15
#define NAME_DNS 12
#define NAME_SIZE 80

/** What is kept of the peer's certificate. */
typedef struct {
	uint8_t sha1[20];
	uint8_t spki[32];
	uint16_t offsets[NAME_COUNT]; /**< in text, NAME_NONE: no such part */
	uint16_t text_length;
	char text[];
} peer_info;

#define NAME_NONE 0xFFFF

/** While the certificate comes in: see ssl_peer.c. */
typedef struct validation_ validation;

struct SSL_ {
	SSL_CTX *context;
	SSL *next;
	axtls_engine *engine;
	axtls_settings settings; /**< the context's, with what the extensions change */
	validation *validation;
	peer_info *peer;
	char *host_name;
	int fd;
	int verify_result;
	size_t given; /**< plaintext that the last ssl_read() handed out */
	bool transport_lost;
	bool session_kept;
};

void *api_allocate(const SSL_CTX *context, size_t size, axtls_memory_tag tag);
/** Wipes; NULL is allowed. */
void api_release(const SSL_CTX *context, void *block, size_t size, axtls_memory_tag tag);

/* ssl_peer.c: for axtls_settings */
const br_x509_class **peer_get_validator(void *connection, axtls_engine *engine);
void peer_release_validator(void *connection, axtls_engine *engine);
size_t peer_size(const peer_info *peer);

/* ssl_text.c */
int api_error(const axtls_engine *engine);
int api_x509_error(x509_error error);

#endif
