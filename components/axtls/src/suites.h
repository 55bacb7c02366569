/** suites.h: tables of what can be negotiated: cipher suites, groups, signature schemes. */
#ifndef AXTLS_SUITES_H
#define AXTLS_SUITES_H

#include <axtls/crypto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { CIPHER_GCM, CIPHER_CHACHA, CIPHER_CBC } cipher_kind;

typedef struct {
	uint16_t id;
	bool ephemeral;	  /**< ECDHE; else RSA key exchange */
	uint8_t key_type; /**< of the server's certificate: BR_KEYTYPE_RSA or BR_KEYTYPE_EC */
	uint8_t cipher;	  /**< cipher_kind */
	uint8_t key_length;
	uint8_t mac_length; /**< CBC only: 20, 32 or 48, which also tells the hash */
	uint8_t prf;		/**< hash of PRF and Finished: br_sha256_ID or br_sha384_ID */
} suite;

extern const suite suite_table[];
#define SUITE_COUNT 20

/** Row for a number, SUITE_COUNT if it is not in the table. */
size_t suite_find(uint16_t id);
/** The primitives for it are there. */
bool suite_is_available(const suite *s, const axtls_crypto *crypto);
/** Length of the fixed part of the nonce; CBC has none (RFC 5246 §6.2.3.2: explicit). */
size_t suite_iv_length(const suite *s);

typedef struct {
	uint16_t id; /**< NamedGroup, equal to BearSSL's curve number */
	uint8_t point_length;
	uint8_t key_length;
} group;

/** Groups, most wanted first; for the key exchange and for certificates, as TLS 1.2 has one list of both. */
extern const group group_table[];
#define GROUP_COUNT 4
#define GROUP_P256 1 /**< row of the group that everybody has */
#define GROUP_NONE GROUP_COUNT
size_t group_find(uint16_t id);
/** Those that are available, one bit a row. */
uint8_t group_mask(const axtls_crypto *crypto);

typedef enum { SCHEME_ECDSA, SCHEME_PSS, SCHEME_PKCS1 } scheme_kind;

typedef struct {
	uint16_t id; /**< SignatureScheme (RFC 8446 §4.2.3), for TLS 1.2 hash and signature (RFC 5246 §7.4.1.4.1) */
	uint8_t kind;
	uint8_t hash; /**< br_sha256_ID … */
} scheme;

/** Signature schemes, most wanted first. */
extern const scheme scheme_table[];
#define SCHEME_COUNT 9
#define SCHEME_NONE SCHEME_COUNT
size_t scheme_find(uint16_t id);
uint8_t scheme_key_type(const scheme *s);
/** Schemes whose signatures can be verified, one bit a row. */
uint16_t scheme_verify_mask(const axtls_crypto *crypto);

/** Hash by BearSSL's number; NULL if it is not there. */
const br_hash_class *hash_by_id(const axtls_crypto *crypto, unsigned id);

#endif
