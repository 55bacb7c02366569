/**
 * x509/validator.h: streaming X.509 certificate path validation (RFC 5280 §6, RFC 9525) as a br_x509_class.
 *
 * Certificates arrive leaf first, in fragments of any size, and are never held whole. There is no allocation,
 * no recursion and no callback but the look-up of anchors. The work per certificate is bounded by the limits
 * below. Use:
 *
 *     x509_config config;
 *     x509_config_init(&config, X509_SERVER_CERTIFICATE);
 *     config.find_anchor = x509_anchor_table_find;
 *     config.find_anchor_param = &table;
 *     config.dns_name = "www.example.org";
 *     x509_config_set_time(&config, seconds);
 *     x509_init(&context, &config);
 *     br_ssl_engine_set_x509(engine, &context.vtable);
 *
 * What is checked and what is not stands in ../../README.md.
 */
#ifndef X509_VALIDATOR_H
#define X509_VALIDATOR_H

#include "anchor.h"
#include "error.h"
#include <bearssl_x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits: each bounds the work that a peer can cause before it is authenticated */
#define X509_MAX_CHAIN 10			 /**< certificates looked at, unrelated ones included; OpenSSL's default depth is 100, browsers use 8 to 20 */
#define X509_MAX_CERTIFICATE 0xFFFFu /**< bytes; offsets within a certificate are 16 bits */
#define X509_MAX_EXTENSIONS 32		 /**< per certificate; the web's have about 10 */
#define X509_MAX_NAMES 1000			 /**< subjectAltName entries per certificate; public CAs stop at 100 to 250 */
#define X509_MAX_SUBTREES 128		 /**< name constraints per certificate */
#define X509_MAX_ANCHORS 4			 /**< anchors of the same name tried for one certificate */

#define X509_KEY_BUFFER 520		  /**< an RSA-4096 modulus and a 64-bit exponent */
#define X509_SIGNATURE_BUFFER 512 /**< an RSA-4096 signature */
#define X509_NAMES_BUFFER 224	  /**< names that wait for constraints, see x509_config.names */
#define X509_DEPTH 12			  /**< nesting of ASN.1 in what is parsed; the deepest field takes 11 */

/** Whose certificate is validated. */
typedef enum {
	X509_SERVER_CERTIFICATE, /**< by a client: serverAuth, name is checked */
	X509_CLIENT_CERTIFICATE, /**< by a server: clientAuth, no name is checked */
} x509_mode;

/** Hashes of the end-entity certificate, to be combined in x509_config.hashes. */
typedef enum {
	X509_HASH_SHA1 = 1,	  /**< SHA-1 of the whole DER, 20 bytes; needs config.sha1 */
	X509_HASH_SHA256 = 2, /**< SHA-256 of the whole DER, 32 bytes */
	X509_HASH_SPKI = 4,	  /**< SHA-256 of the SubjectPublicKeyInfo's DER, 32 bytes */
} x509_hash_kind;

/**
 * Settings. The structure and all that it points to must stay as they are until end_chain() has returned; it is
 * not copied. Set it up with x509_config_init(), then change fields.
 */
typedef struct {
	x509_mode mode;
	/**
	 * true (default): the full check of RFC 5280 §6.1 against the anchors.
	 * false: the end-entity certificate is parsed, its key, key usage, hashes and names are taken, and nothing
	 * is said about trust: for pins and validators of the caller. Encoding and key strength still count.
	 */
	bool check_chain;
	/** Set by x509_config_set_time(). While false, a chain that is otherwise good ends in X509_ERROR_TIME_UNKNOWN. */
	bool time_known;
	/** Seconds since 1970-01-01T00:00:00Z. */
	int64_t time;
	/** Shortest RSA modulus accepted, in bits; default 2048. */
	uint16_t min_rsa_bits;
	/** Combination of x509_hash_kind; default 0. */
	uint8_t hashes;

	/**
	 * Expected server: a DNS name (ASCII, A-labels, a trailing dot is ignored) or an address, or neither. Without
	 * any, a non-empty server_name given to start_chain() is taken, as DNS name. A literal address does not belong
	 * into dns_name: use x509_config_set_server().
	 */
	const char *dns_name;
	uint8_t address[16];
	uint8_t address_length; /**< 0: none, 4: IPv4, 16: IPv6 */

	x509_find_anchor find_anchor; /**< NULL: no anchors */
	void *find_anchor_param;

	/**
	 * Names of the end-entity certificate to be taken, in BearSSL's form: oid is that of a subject attribute with
	 * its length in front, or {0, 1|2|6} for the e-mail, DNS and URI names of the subjectAltName. Several elements
	 * with the same oid receive the first, second, … occurrence. status is 0 when not found, 1 when found, -1 when it
	 * is too long or of an unknown encoding. Values are UTF-8 and zero-terminated; they may contain any character.
	 */
	br_name_element *subject_elements;
	size_t subject_element_count;
	/** The same for the issuer; attributes only. */
	br_name_element *issuer_elements;
	size_t issuer_element_count;

	/**
	 * Room for the names of the path while constraints of CAs above may still come; default: X509_NAMES_BUFFER bytes
	 * within the context. Each name takes its length + 2. If it overflows and a constraint comes:
	 * X509_ERROR_NAMES_TOO_MANY.
	 */
	uint8_t *names;
	uint16_t names_length;

	/* Primitives; x509_config_init() takes BearSSL's defaults for this machine. NULL: unsupported. */
	br_rsa_pkcs1_vrfy rsa_pkcs1_vrfy;
	br_rsa_public rsa_public; /**< for RSA-PSS signatures */
	br_ecdsa_vrfy ecdsa_vrfy; /**< signatures in ASN.1 form */
	const br_ec_impl *ec;
	const br_hash_class *sha1; /**< for X509_HASH_SHA1 only */
	const br_hash_class *sha384;
	const br_hash_class *sha512; /**< SHA-256 is always there: &br_sha256_vtable */
} x509_config;

/** Defaults as described at each field, with BearSSL's default primitives. */
void x509_config_init(x509_config *config, x509_mode mode);

/** The same without any primitive, so that the linker takes only those that the caller then sets. */
void x509_config_init_bare(x509_config *config, x509_mode mode);

/** Set the time at which dates are judged. */
void x509_config_set_time(x509_config *config, int64_t unix_seconds);

/**
 * Set the expected server from a host name as a person writes it: dotted IPv4, IPv6 with or without brackets
 * (RFC 4291 §2.2; no zone), else a DNS name, to which the pointer is kept.
 * @return false when it is none of them: empty, over 253 characters, or with characters that no DNS name has
 */
bool x509_config_set_server(x509_config *config, const char *host);

/** One level of the DER parser. Private. */
typedef struct {
	uint16_t end;  /**< offset at which the element ends */
	uint8_t next;  /**< the rule for what may come next in it */
	uint8_t owner; /**< the rule that opened it */
} x509_level;

/** The outcome for the certificate at `depth`, for messages. */
typedef struct {
	x509_error error;	/**< first error, X509_ERROR_NONE while there is none */
	uint8_t depth;		/**< position of that certificate in what the peer sent, 0 = end entity */
	int64_t not_before; /**< its dates as far as they were read, else 0; those of the anchor for ANCHOR_EXPIRED */
	int64_t not_after;
} x509_details;

/**
 * The validator. Its fields are private except vtable; use the functions below. It may be moved only while no chain
 * is in progress, and reused after end_chain().
 */
typedef struct x509_context_ {
	const br_x509_class *vtable;
	const x509_config *config;
	const char *dns_name; /**< expected, NULL if none */
	br_x509_pkey key;	  /**< of the end entity; points into ee_key */
	x509_details details;
	int64_t not_before, not_after; /**< of the current certificate */

	/* DER parser (der.c) */
	const uint8_t *cursor, *mark; /**< in the fragment: read so far, hashed so far */
	uint16_t offset;			  /**< in the current certificate */
	uint16_t length;			  /**< of the current certificate */
	uint16_t value_left;		  /**< bytes of the current value still to come */
	uint16_t collected;			  /**< bytes of the current value that were collected */
	uint8_t header[4];			  /**< tag and length of the current element */
	uint8_t header_length, length_left;
	uint8_t state, depth;
	uint8_t rule, how, child; /**< the rule of the current element, and what its begin action made of it */
	uint8_t hashing;		  /**< which hashes take what is read */
	x509_level stack[X509_DEPTH];

	/* The current certificate */
	uint16_t flags;
	uint16_t key_used; /**< bytes in the key buffer */
	uint16_t modulus_length;
	uint16_t prefix_used;  /**< bytes of the TBSCertificate that wait for the hash to be known */
	uint16_t name_count;   /**< entries of its subjectAltName */
	uint16_t below_forms;  /**< kinds of names below it, one bit each */
	uint16_t below_names;  /**< how much of the names buffer belongs to certificates below it */
	uint16_t permitted;	   /**< kinds of names that the current permittedSubtrees speaks of */
	int16_t path_length;   /**< -1: none */
	uint32_t seen;		   /**< known extensions met, one bit each */
	uint8_t extension;	   /**< the current one */
	uint8_t extension_count, unknown_count, subtree_count;
	uint8_t version, key_type, curve, usage;
	uint8_t element; /**< index + 1 of the name element that wants the current value */
	uint8_t algorithm, hash, mask_hash, salt_length;
	uint16_t constraints_offset, constraints_length; /**< where its name constraints stand */

	/* The path so far */
	uint16_t names_used;
	uint16_t forms;			   /**< kinds of names in the path, one bit each */
	uint16_t signature_length; /**< of the certificate that waits for its issuer */
	uint8_t path_flags;
	uint8_t certificates;	/**< started so far */
	uint8_t intermediates;	/**< in the path, self-issued ones not counted */
	uint8_t usages;			/**< BR_KEYTYPE_SIGN, BR_KEYTYPE_KEYX of the end entity */
	uint8_t waiting_algorithm, waiting_hash, waiting_salt;
	uint8_t fallback; /**< x509_error if no issuer is found */

	uint8_t issuer_hash[32];		 /**< of the certificate that waits for its issuer */
	uint8_t current_issuer_hash[32]; /**< of the current one */
	uint8_t algorithm_hash[32];		 /**< of tbsCertificate.signature */
	uint8_t tbs_digest[64];			 /**< of the certificate that waits for its issuer */
	uint8_t spki_hash[32];
	br_hash_compat_context tbs;
	br_sha256_context part; /**< names, algorithms, key: one after the other */
	union {
		br_sha1_context context;
		uint8_t digest[20];
	} ee_sha1;
	union {
		br_sha256_context context;
		uint8_t digest[32];
	} ee_sha256;
	uint8_t names[X509_NAMES_BUFFER];

	/* Key and signature buffers */
	uint8_t ee_key[X509_KEY_BUFFER];
	uint8_t work[X509_KEY_BUFFER]; /**< key of the current issuer; at other times see internal.h */
	uint8_t signature[X509_SIGNATURE_BUFFER];
} x509_context;

/** State beside the key and signature buffers, in bytes; chain.c asserts that it is at most 1.2 KB. */
#define X509_STATE_SIZE (sizeof(x509_context) - 2 * X509_KEY_BUFFER - X509_SIGNATURE_BUFFER)

/** Tie a context to its settings. start_chain() (called by the TLS engine) does the rest. */
void x509_init(x509_context *context, const x509_config *config);

/** The class, for those who call it themselves. end_chain() returns an x509_error. */
extern const br_x509_class x509_vtable;

/** Result and details for messages; valid after end_chain(). */
const x509_details *x509_get_details(const x509_context *context);

/**
 * A hash that was asked for.
 * @return pointer into the context, 20 or 32 bytes; NULL if it was not asked for or the certificate was not read whole
 */
const uint8_t *x509_get_hash(const x509_context *context, x509_hash_kind kind);

/**
 * Names of the end entity for a message: "a.example, *.b.example, 192.0.2.1", zero-terminated. Only those that fit in
 * the names buffer are known; "…" at the end says that there are more.
 * @return length without the zero; 0 when there are none
 */
size_t x509_format_names(const x509_context *context, char *text, size_t size);

/**
 * Whole chain at once, for tests and for certificates that lie in memory.
 * @param certificates DER, end entity first
 */
x509_error x509_validate(x509_context *context, const x509_config *config, const uint8_t *const *certificates,
						 const size_t *lengths, size_t count);

#ifdef __cplusplus
}
#endif

#endif
