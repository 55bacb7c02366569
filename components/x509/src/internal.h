/**
 * What the files of the validator share. Theory of operation:
 *
 * append() hands fragments to the DER parser (der.c). The parser knows tags, lengths and nesting; what may stand
 * where is a table (grammar.c) whose rows name actions to be run at the beginning and the end of an element. Short
 * values are collected in the scratch area, longer ones go to the key and signature buffers or are passed over. The
 * actions (certificate.c, algorithm.c, key.c, extension.c, names.c) note what the path needs.
 *
 * The path grows from the end entity upwards (chain.c). At any time at most one certificate "waits for its issuer":
 * its TBS hash, signature and issuer's name hash are kept. When it ended, an anchor of that name is looked for. If
 * none fits, the next certificate with that subject is tried: its key is captured, the waiting signature is verified
 * at once, and from there on the buffers belong to the new certificate, which waits in turn.
 */
#ifndef X509_INTERNAL_H
#define X509_INTERNAL_H

#include <string.h>
#include <x509/validator.h>

/*
 * The work buffer holds an issuer's key from the key's first byte until the signature below it was verified.
 * Before: the beginning of the TBSCertificate, until its hash function is known, and the scratch area.
 * After: hashes of the unknown extensions' OIDs, and the scratch area.
 */
#define X509_PREFIX_SIZE 256u
#define X509_SCRATCH_SIZE (X509_KEY_BUFFER - X509_PREFIX_SIZE)
#define X509_MAX_UNKNOWN (X509_PREFIX_SIZE / sizeof(uint32_t) / 4u) /**< unknown extensions per certificate */

static inline uint8_t *x509_scratch(x509_context *ctx)
{
	return ctx->work + X509_PREFIX_SIZE;
}

/* x509_context.hashing */
#define X509_HASHING_PREFIX 0x01u /**< TBSCertificate, hash function not known yet */
#define X509_HASHING_TBS 0x02u
#define X509_HASHING_PART 0x04u
#define X509_HASHING_SHA1 0x08u
#define X509_HASHING_SHA256 0x10u

/* x509_context.flags: the current certificate */
#define X509_LEAF 0x0001u
#define X509_SKIP 0x0002u		  /**< nothing more of it is looked at */
#define X509_SELF_ISSUED 0x0004u  /**< subject and issuer are the same (RFC 5280 §3.2) */
#define X509_CA 0x0008u			  /**< basicConstraints cA */
#define X509_HAS_USAGE 0x0010u	  /**< keyUsage present */
#define X509_HAS_PURPOSE 0x0020u  /**< extendedKeyUsage present */
#define X509_PURPOSE_OK 0x0040u	  /**< it allows what we are here for */
#define X509_CRITICAL 0x0080u	  /**< the current extension */
#define X509_SAN_CRITICAL 0x0100u /**< subjectAltName is */
#define X509_NO_SUBJECT 0x0200u	  /**< empty subject */
#define X509_IN_SUBJECT 0x0400u	  /**< names being parsed are the subject's */
#define X509_EXCLUDED 0x0800u	  /**< subtrees being parsed are excludedSubtrees */
#define X509_PARAMETERS 0x1000u	  /**< the current algorithm has parameters */
#define X509_COMPLETE 0x2000u	  /**< parsed to its last byte */
#define X509_EMAIL 0x4000u		  /**< an e-mail address in the subject */

/* x509_context.path_flags */
#define X509_TRUSTED 0x01u		  /**< an anchor was reached */
#define X509_NAME_OK 0x02u		  /**< the end entity bears the expected name */
#define X509_LOST_DNS 0x04u		  /**< DNS names that did not fit into the names buffer */
#define X509_LOST_IP 0x08u		  /**< addresses, too */
#define X509_SPENT 0x10u		  /**< the waiting signature was destroyed by the attempt to verify it */
#define X509_BELOW_LOST_DNS 0x20u /**< as it was when the current certificate began */
#define X509_BELOW_LOST_IP 0x40u

/* x509_context.usages, beside BearSSL's flags */
#define X509_READ_WHOLE 0x01u /**< the end entity was, and its hashes are there */

/* GeneralName (RFC 5280 §4.2.1.6): number of the context tag = bit in x509_context.forms */
#define X509_FORM_EMAIL 1u
#define X509_FORM_DNS 2u
#define X509_FORM_DIRECTORY 4u
#define X509_FORM_URI 6u
#define X509_FORM_IP 7u

/* An entry of the names buffer: its form and these, its length, its octets */
#define X509_NAME_FORM 0x0Fu
#define X509_NAME_ISSUER 0x20u /**< of an issuer, not of the end entity */
#define X509_NAME_ODD 0x40u	 /**< no DNS name after all: outside of everything that is permitted, inside of all that is excluded */
#define X509_NAME_HELD 0x80u /**< within a permitted subtree */

/* keyUsage (RFC 5280 §4.2.1.3), first octet of the bit string */
#define X509_USAGE_DIGITAL_SIGNATURE 0x80u
#define X509_USAGE_KEY_ENCIPHERMENT 0x20u
#define X509_USAGE_KEY_AGREEMENT 0x08u
#define X509_USAGE_CERT_SIGN 0x04u

/** Signature algorithms, x509_context.algorithm */
enum {
	X509_SIGNATURE_UNKNOWN,
	X509_SIGNATURE_WEAK,
	X509_SIGNATURE_RSA,
	X509_SIGNATURE_PSS,
	X509_SIGNATURE_ECDSA,
};

/* der.c */

/** How the value of an element is handled. */
enum {
	HOW_SKIP,	   /**< pass over */
	HOW_COLLECT,   /**< into the scratch area; the end action looks at `collected`, which may exceed its size */
	HOW_KEY,	   /**< append to the key buffer */
	HOW_SIGNATURE, /**< into the signature buffer */
	HOW_ENTER,	   /**< parse its content by the rules from `child` on */
};

typedef x509_error (*x509_action)(x509_context *ctx);

typedef struct {
	uint8_t tag;	 /**< identifier octet, or one of the two below */
	uint8_t flags;	 /**< RULE_OPTIONAL, RULE_BITS */
	uint8_t how;	 /**< HOW_… */
	uint8_t advance; /**< distance to the rule for the next element, 0: this one again */
	uint8_t child;	 /**< first rule for the content */
	x509_action begin;
	x509_action end;
} x509_rule;

#define TAG_ANY 0x00u /**< universal 0 is never used in DER */
#define TAG_END 0xFFu /**< no more elements; long-form tags are refused, so that it matches nothing */
#define RULE_OPTIONAL 0x01u
#define RULE_BITS 0x02u /**< BIT STRING of whole octets: the count of unused bits must be 0 and is not content */

#define DER_BOOLEAN 0x01u
#define DER_INTEGER 0x02u
#define DER_BIT_STRING 0x03u
#define DER_OCTET_STRING 0x04u
#define DER_NULL 0x05u
#define DER_OID 0x06u
#define DER_UTF8_STRING 0x0Cu
#define DER_PRINTABLE_STRING 0x13u
#define DER_TELETEX_STRING 0x14u
#define DER_IA5_STRING 0x16u
#define DER_UTC_TIME 0x17u
#define DER_GENERALIZED_TIME 0x18u
#define DER_BMP_STRING 0x1Eu
#define DER_SEQUENCE 0x30u
#define DER_SET 0x31u
#define DER_CONSTRUCTED 0x20u /**< bit in any tag */
#define DER_CONTEXT(n) (0x80u | (n))
#define DER_CONTEXT_CONSTRUCTED(n) (0xA0u | (n))

/** Begin to parse `length` bytes by the rules from `rule` on. */
void x509_parser_reset(x509_context *ctx, uint8_t rule, uint16_t length);
/** Take a fragment. */
x509_error x509_parse(x509_context *ctx, const uint8_t *data, size_t length);
/** Everything there and every level closed? */
bool x509_parser_done(const x509_context *ctx);
/** Feed what was read since the last call to the hashes that are on. Before any change of `hashing`. */
void x509_hash_flush(x509_context *ctx);
/** Start hashing the current element, its header included. For begin actions. */
void x509_part_begin(x509_context *ctx);
/** The current element's hash. For end actions. */
void x509_part_end(x509_context *ctx, uint8_t digest[32]);

/* grammar.c */
extern const x509_rule x509_rules[];
extern const uint8_t x509_rule_certificate;
extern const uint8_t x509_rule_rsa_key;
extern const uint8_t x509_rule_pss;
extern const uint8_t x509_rule_basic_constraints;
extern const uint8_t x509_rule_key_usage;
extern const uint8_t x509_rule_purposes;
extern const uint8_t x509_rule_alt_names;
extern const uint8_t x509_rule_constraints;

/* oid.c */

typedef struct {
	uint8_t length;
	uint8_t value; /**< what the table says of it */
	uint8_t oid[10];
} x509_oid;

/** Look up the OID in the scratch area. @return its value, or 0 */
uint8_t x509_oid_find(x509_context *ctx, const x509_oid *table, size_t count);

/* certificate.c: actions */
x509_error x509_expect_empty(x509_context *ctx);
x509_error x509_on_tbs_begin(x509_context *ctx);
x509_error x509_on_tbs_end(x509_context *ctx);
x509_error x509_on_version(x509_context *ctx);
x509_error x509_on_serial_begin(x509_context *ctx);
x509_error x509_on_serial(x509_context *ctx);
x509_error x509_on_issuer_begin(x509_context *ctx);
x509_error x509_on_issuer_end(x509_context *ctx);
x509_error x509_on_subject_begin(x509_context *ctx);
x509_error x509_on_subject_end(x509_context *ctx);
x509_error x509_on_not_before(x509_context *ctx);
x509_error x509_on_not_after(x509_context *ctx);
x509_error x509_on_unique_id(x509_context *ctx);
x509_error x509_on_extensions(x509_context *ctx);
x509_error x509_on_signature(x509_context *ctx);

/* time.c */
/**
 * UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 wants them.
 * @param any_form take GeneralizedTime for years before 2050, too
 * @return false when not valid
 */
bool x509_parse_time(uint8_t tag, const uint8_t *text, size_t length, bool any_form, int64_t *seconds);

/* algorithm.c: AlgorithmIdentifiers of signatures */
x509_error x509_on_algorithm_begin(x509_context *ctx);
x509_error x509_on_algorithm_oid(x509_context *ctx);
x509_error x509_on_algorithm_parameters(x509_context *ctx);
x509_error x509_on_algorithm_end(x509_context *ctx);
x509_error x509_on_outer_algorithm_end(x509_context *ctx);
x509_error x509_on_pss_hash(x509_context *ctx);
x509_error x509_on_pss_mask(x509_context *ctx);
x509_error x509_on_pss_mask_hash(x509_context *ctx);
x509_error x509_on_pss_salt(x509_context *ctx);
/** Class of a hash by BearSSL's id; NULL if not configured. */
const br_hash_class *x509_hash_class(const x509_context *ctx, uint8_t id);

/* key.c: SubjectPublicKeyInfo */
x509_error x509_on_key_begin(x509_context *ctx);
x509_error x509_on_key_oid(x509_context *ctx);
x509_error x509_on_key_parameters(x509_context *ctx);
x509_error x509_on_key_curve(x509_context *ctx);
x509_error x509_on_key_bits(x509_context *ctx);
x509_error x509_on_modulus(x509_context *ctx);
x509_error x509_on_exponent(x509_context *ctx);
x509_error x509_on_key_end(x509_context *ctx);

/* signature.c */
/** Verify the waiting signature. `in_place`: the signature buffer may be destroyed, else the work buffer. */
x509_error x509_verify(x509_context *ctx, const br_x509_pkey *key, bool in_place);

/* element.c */
/** Attribute type of a name: does the caller want its value? */
x509_error x509_on_attribute_type(x509_context *ctx);
x509_error x509_on_attribute_begin(x509_context *ctx);
x509_error x509_on_attribute_value(x509_context *ctx);
/** Give the value in the scratch area to elements that want this kind of subjectAltName. */
void x509_element_alt_name(x509_context *ctx, uint8_t form);

/* extension.c */
x509_error x509_on_extension_begin(x509_context *ctx);
x509_error x509_on_extension_oid(x509_context *ctx);
x509_error x509_on_extension_critical(x509_context *ctx);
x509_error x509_on_extension_value(x509_context *ctx);
x509_error x509_on_ca(x509_context *ctx);
x509_error x509_on_path_length(x509_context *ctx);
x509_error x509_on_key_usage(x509_context *ctx);
x509_error x509_on_purpose(x509_context *ctx);

/* names.c */
x509_error x509_on_alt_name_begin(x509_context *ctx);
x509_error x509_on_alt_name(x509_context *ctx);
uint8_t *x509_names(const x509_context *ctx, uint16_t *capacity);

/* match.c */
/** IA5String: no octet beyond 7F. */
bool x509_is_ascii(const uint8_t *text, size_t length);
/** Case-insensitive comparison of ASCII. */
bool x509_equal_ascii(const uint8_t *a, const uint8_t *b, size_t length);
/** RFC 9525 §6.3: does the presented name, possibly with a wildcard, stand for the expected one? */
bool x509_match_dns(const uint8_t *presented, size_t presented_length, const char *expected);
/** A name that can be a constraint. One that is not could not match anything, and so would exclude nothing. */
bool x509_is_dns_base(const uint8_t *base, size_t length);
/** RFC 5280 §4.2.1.10: does a presented name lie in the subtree, or, for a wildcard and `any`, may it stand for one that does? */
bool x509_within_dns(const uint8_t *name, size_t name_length, const uint8_t *base, size_t base_length, bool any);
bool x509_within_address(const uint8_t *address, size_t address_length, const uint8_t *base, size_t base_length);

/* constraints.c */
x509_error x509_on_constraints(x509_context *ctx);
x509_error x509_on_permitted_begin(x509_context *ctx);
x509_error x509_on_permitted_end(x509_context *ctx);
x509_error x509_on_excluded_begin(x509_context *ctx);
x509_error x509_on_subtree_begin(x509_context *ctx);
x509_error x509_on_subtree(x509_context *ctx);
/** Apply an anchor's constraints to the path. */
x509_error x509_apply_constraints(x509_context *ctx, const uint8_t *der, uint16_t length);

/* chain.c */
/** An error in what might be the issuer: the end entity fails, any other certificate is passed over. */
x509_error x509_reject_candidate(x509_context *ctx, x509_error error);
/** Record the first error. */
void x509_fail(x509_context *ctx, x509_error error);

#endif
