/**
 * The grammar of certificates (RFC 5280 §4.1, appendix A) as a table for the parser of der.c.
 *
 * The rules for the content of one constructed element stand in a row, closed by END. Where a value may have one of
 * several types, one optional row each stands before the last, and `advance` leads behind it.
 */
#include "internal.h"

enum {
	CERTIFICATE,
	CERTIFICATE_END,

	FIELDS_TBS,
	FIELDS_ALGORITHM,
	FIELDS_SIGNATURE,
	FIELDS_END,

	TBS_VERSION,
	TBS_SERIAL,
	TBS_ALGORITHM,
	TBS_ISSUER,
	TBS_VALIDITY,
	TBS_SUBJECT,
	TBS_KEY,
	TBS_ISSUER_ID,
	TBS_SUBJECT_ID,
	TBS_EXTENSIONS,
	TBS_END,

	VERSION_NUMBER,
	VERSION_END,

	ALGORITHM_OID,
	ALGORITHM_PARAMETERS,
	ALGORITHM_END,

	PSS_HASH,
	PSS_MASK,
	PSS_SALT,
	PSS_END,
	PSS_HASH_ALGORITHM,
	PSS_HASH_ALGORITHM_END,
	PSS_HASH_OID,
	PSS_HASH_NULL,
	PSS_HASH_END,
	PSS_MASK_ALGORITHM,
	PSS_MASK_ALGORITHM_END,
	PSS_MASK_OID,
	PSS_MASK_HASH,
	PSS_MASK_END,
	PSS_MASK_HASH_OID,
	PSS_MASK_HASH_NULL,
	PSS_MASK_HASH_END,
	PSS_SALT_LENGTH,
	PSS_SALT_END,

	NAME_RDN,
	NAME_END,
	RDN_FIRST,
	RDN_MORE,
	RDN_END,
	ATTRIBUTE_TYPE,
	ATTRIBUTE_VALUE,
	ATTRIBUTE_END,

	VALIDITY_BEFORE_UTC,
	VALIDITY_BEFORE_GENERALIZED,
	VALIDITY_AFTER_UTC,
	VALIDITY_AFTER_GENERALIZED,
	VALIDITY_END,

	KEY_ALGORITHM,
	KEY_BITS,
	KEY_END,
	KEY_OID,
	KEY_PARAMETERS,
	KEY_ALGORITHM_END,
	RSA_KEY,
	RSA_KEY_END,
	RSA_MODULUS,
	RSA_EXPONENT,
	RSA_END,

	EXTENSIONS_LIST,
	EXTENSIONS_LIST_END,
	EXTENSION_FIRST,
	EXTENSION_MORE,
	EXTENSIONS_END,
	EXTENSION_OID,
	EXTENSION_CRITICAL,
	EXTENSION_VALUE,
	EXTENSION_END,

	BASIC_CONSTRAINTS,
	BASIC_CONSTRAINTS_END,
	BASIC_CA,
	BASIC_PATH_LENGTH,
	BASIC_END,

	KEY_USAGE,
	KEY_USAGE_END,

	PURPOSES,
	PURPOSES_END,
	PURPOSE_FIRST,
	PURPOSE_MORE,
	PURPOSE_END,

	ALT_NAMES,
	ALT_NAMES_END,
	ALT_NAME_FIRST,
	ALT_NAME_MORE,
	ALT_NAME_END,

	CONSTRAINTS,
	CONSTRAINTS_END,
	CONSTRAINTS_PERMITTED,
	CONSTRAINTS_EXCLUDED,
	CONSTRAINTS_FIELDS_END,
	SUBTREE_FIRST,
	SUBTREE_MORE,
	SUBTREES_END,
	SUBTREE_BASE,
	SUBTREE_END,
};

#define END                                                                                                            \
	{                                                                                                                  \
		TAG_END, 0, HOW_SKIP, 0, 0, NULL, NULL                                                                         \
	}

/** A constructed element, parsed. */
#define ENTER(tag, child, begin, end)                                                                                  \
	{                                                                                                                  \
		tag, 0, HOW_ENTER, 1, child, begin, end                                                                        \
	}
#define ENTER_OPTIONAL(tag, child, begin, end)                                                                         \
	{                                                                                                                  \
		tag, RULE_OPTIONAL, HOW_ENTER, 1, child, begin, end                                                            \
	}
/** Any number of the same. */
#define ENTER_MANY(tag, child, begin, end)                                                                             \
	{                                                                                                                  \
		tag, RULE_OPTIONAL, HOW_ENTER, 0, child, begin, end                                                            \
	}
/** A short value. */
#define VALUE(tag, end)                                                                                                \
	{                                                                                                                  \
		tag, 0, HOW_COLLECT, 1, 0, NULL, end                                                                           \
	}
#define VALUE_OPTIONAL(tag, end)                                                                                       \
	{                                                                                                                  \
		tag, RULE_OPTIONAL, HOW_COLLECT, 1, 0, NULL, end                                                               \
	}

const x509_rule x509_rules[] = {
	[CERTIFICATE] = ENTER(DER_SEQUENCE, FIELDS_TBS, NULL, NULL),
	[CERTIFICATE_END] = END,

	[FIELDS_TBS] = ENTER(DER_SEQUENCE, TBS_VERSION, x509_on_tbs_begin, x509_on_tbs_end),
	[FIELDS_ALGORITHM] = {DER_SEQUENCE, 0, HOW_SKIP, 1, 0, x509_on_algorithm_begin, x509_on_outer_algorithm_end},
	[FIELDS_SIGNATURE] = {DER_BIT_STRING, RULE_BITS, HOW_SIGNATURE, 1, 0, NULL, x509_on_signature},
	[FIELDS_END] = END,

	[TBS_VERSION] = ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(0), VERSION_NUMBER, NULL, NULL),
	[TBS_SERIAL] = {DER_INTEGER, 0, HOW_COLLECT, 1, 0, x509_on_serial_begin, x509_on_serial},
	[TBS_ALGORITHM] = ENTER(DER_SEQUENCE, ALGORITHM_OID, x509_on_algorithm_begin, x509_on_algorithm_end),
	[TBS_ISSUER] = ENTER(DER_SEQUENCE, NAME_RDN, x509_on_issuer_begin, x509_on_issuer_end),
	[TBS_VALIDITY] = ENTER(DER_SEQUENCE, VALIDITY_BEFORE_UTC, NULL, NULL),
	[TBS_SUBJECT] = ENTER(DER_SEQUENCE, NAME_RDN, x509_on_subject_begin, x509_on_subject_end),
	[TBS_KEY] = ENTER(DER_SEQUENCE, KEY_ALGORITHM, x509_on_key_begin, x509_on_key_end),
	[TBS_ISSUER_ID] = {DER_CONTEXT(1), RULE_OPTIONAL, HOW_SKIP, 1, 0, x509_on_unique_id, NULL},
	[TBS_SUBJECT_ID] = {DER_CONTEXT(2), RULE_OPTIONAL, HOW_SKIP, 1, 0, x509_on_unique_id, NULL},
	[TBS_EXTENSIONS] = ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(3), EXTENSIONS_LIST, x509_on_extensions, NULL),
	[TBS_END] = END,

	[VERSION_NUMBER] = VALUE(DER_INTEGER, x509_on_version),
	[VERSION_END] = END,

	[ALGORITHM_OID] = VALUE(DER_OID, x509_on_algorithm_oid),
	[ALGORITHM_PARAMETERS] = {TAG_ANY, RULE_OPTIONAL, HOW_SKIP, 1, 0, x509_on_algorithm_parameters, NULL},
	[ALGORITHM_END] = END,

	// RSASSA-PSS-params (RFC 4055 §3.1); the fields with their default value are absent
	[PSS_HASH] = ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(0), PSS_HASH_ALGORITHM, NULL, NULL),
	[PSS_MASK] = ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(1), PSS_MASK_ALGORITHM, NULL, NULL),
	[PSS_SALT] = ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(2), PSS_SALT_LENGTH, NULL, NULL),
	[PSS_END] = END,
	[PSS_HASH_ALGORITHM] = ENTER(DER_SEQUENCE, PSS_HASH_OID, NULL, NULL),
	[PSS_HASH_ALGORITHM_END] = END,
	[PSS_HASH_OID] = VALUE(DER_OID, x509_on_pss_hash),
	[PSS_HASH_NULL] = {DER_NULL, RULE_OPTIONAL, HOW_SKIP, 1, 0, x509_expect_empty, NULL},
	[PSS_HASH_END] = END,
	[PSS_MASK_ALGORITHM] = ENTER(DER_SEQUENCE, PSS_MASK_OID, NULL, NULL),
	[PSS_MASK_ALGORITHM_END] = END,
	[PSS_MASK_OID] = VALUE(DER_OID, x509_on_pss_mask),
	[PSS_MASK_HASH] = ENTER(DER_SEQUENCE, PSS_MASK_HASH_OID, NULL, NULL),
	[PSS_MASK_END] = END,
	[PSS_MASK_HASH_OID] = VALUE(DER_OID, x509_on_pss_mask_hash),
	[PSS_MASK_HASH_NULL] = {DER_NULL, RULE_OPTIONAL, HOW_SKIP, 1, 0, x509_expect_empty, NULL},
	[PSS_MASK_HASH_END] = END,
	[PSS_SALT_LENGTH] = VALUE(DER_INTEGER, x509_on_pss_salt),
	[PSS_SALT_END] = END,

	[NAME_RDN] = ENTER_MANY(DER_SET, RDN_FIRST, NULL, NULL),
	[NAME_END] = END,
	[RDN_FIRST] = ENTER(DER_SEQUENCE, ATTRIBUTE_TYPE, NULL, NULL),
	[RDN_MORE] = ENTER_MANY(DER_SEQUENCE, ATTRIBUTE_TYPE, NULL, NULL),
	[RDN_END] = END,
	[ATTRIBUTE_TYPE] = VALUE(DER_OID, x509_on_attribute_type),
	[ATTRIBUTE_VALUE] = {TAG_ANY, 0, HOW_SKIP, 1, 0, x509_on_attribute_begin, x509_on_attribute_value},
	[ATTRIBUTE_END] = END,

	[VALIDITY_BEFORE_UTC] = {DER_UTC_TIME, RULE_OPTIONAL, HOW_COLLECT, 2, 0, NULL, x509_on_not_before},
	[VALIDITY_BEFORE_GENERALIZED] = VALUE(DER_GENERALIZED_TIME, x509_on_not_before),
	[VALIDITY_AFTER_UTC] = {DER_UTC_TIME, RULE_OPTIONAL, HOW_COLLECT, 2, 0, NULL, x509_on_not_after},
	[VALIDITY_AFTER_GENERALIZED] = VALUE(DER_GENERALIZED_TIME, x509_on_not_after),
	[VALIDITY_END] = END,

	[KEY_ALGORITHM] = ENTER(DER_SEQUENCE, KEY_OID, NULL, NULL),
	[KEY_BITS] = {DER_BIT_STRING, RULE_BITS, HOW_KEY, 1, 0, x509_on_key_bits, NULL},
	[KEY_END] = END,
	[KEY_OID] = VALUE(DER_OID, x509_on_key_oid),
	[KEY_PARAMETERS] = {TAG_ANY, RULE_OPTIONAL, HOW_SKIP, 1, 0, x509_on_key_parameters, x509_on_key_curve},
	[KEY_ALGORITHM_END] = END,
	[RSA_KEY] = ENTER(DER_SEQUENCE, RSA_MODULUS, NULL, NULL),
	[RSA_KEY_END] = END,
	[RSA_MODULUS] = {DER_INTEGER, 0, HOW_KEY, 1, 0, NULL, x509_on_modulus},
	[RSA_EXPONENT] = {DER_INTEGER, 0, HOW_KEY, 1, 0, NULL, x509_on_exponent},
	[RSA_END] = END,

	[EXTENSIONS_LIST] = ENTER(DER_SEQUENCE, EXTENSION_FIRST, NULL, NULL),
	[EXTENSIONS_LIST_END] = END,
	[EXTENSION_FIRST] = ENTER(DER_SEQUENCE, EXTENSION_OID, x509_on_extension_begin, NULL),
	[EXTENSION_MORE] = ENTER_MANY(DER_SEQUENCE, EXTENSION_OID, x509_on_extension_begin, NULL),
	[EXTENSIONS_END] = END,
	[EXTENSION_OID] = VALUE(DER_OID, x509_on_extension_oid),
	[EXTENSION_CRITICAL] = VALUE_OPTIONAL(DER_BOOLEAN, x509_on_extension_critical),
	[EXTENSION_VALUE] = {DER_OCTET_STRING, 0, HOW_SKIP, 1, 0, x509_on_extension_value, NULL},
	[EXTENSION_END] = END,

	[BASIC_CONSTRAINTS] = ENTER(DER_SEQUENCE, BASIC_CA, NULL, NULL),
	[BASIC_CONSTRAINTS_END] = END,
	[BASIC_CA] = VALUE_OPTIONAL(DER_BOOLEAN, x509_on_ca),
	[BASIC_PATH_LENGTH] = VALUE_OPTIONAL(DER_INTEGER, x509_on_path_length),
	[BASIC_END] = END,

	[KEY_USAGE] = VALUE(DER_BIT_STRING, x509_on_key_usage),
	[KEY_USAGE_END] = END,

	[PURPOSES] = ENTER(DER_SEQUENCE, PURPOSE_FIRST, NULL, NULL),
	[PURPOSES_END] = END,
	[PURPOSE_FIRST] = VALUE(DER_OID, x509_on_purpose),
	[PURPOSE_MORE] = {DER_OID, RULE_OPTIONAL, HOW_COLLECT, 0, 0, NULL, x509_on_purpose},
	[PURPOSE_END] = END,

	[ALT_NAMES] = ENTER(DER_SEQUENCE, ALT_NAME_FIRST, NULL, NULL),
	[ALT_NAMES_END] = END,
	[ALT_NAME_FIRST] = {TAG_ANY, 0, HOW_SKIP, 1, 0, x509_on_alt_name_begin, x509_on_alt_name},
	[ALT_NAME_MORE] = {TAG_ANY, RULE_OPTIONAL, HOW_SKIP, 0, 0, x509_on_alt_name_begin, x509_on_alt_name},
	[ALT_NAME_END] = END,

	[CONSTRAINTS] = ENTER(DER_SEQUENCE, CONSTRAINTS_PERMITTED, x509_on_constraints, NULL),
	[CONSTRAINTS_END] = END,
	[CONSTRAINTS_PERMITTED] =
		ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(0), SUBTREE_FIRST, x509_on_permitted_begin, x509_on_permitted_end),
	[CONSTRAINTS_EXCLUDED] =
		ENTER_OPTIONAL(DER_CONTEXT_CONSTRUCTED(1), SUBTREE_FIRST, x509_on_excluded_begin, NULL),
	[CONSTRAINTS_FIELDS_END] = END,
	// minimum must be 0 and so absent, maximum must be absent (RFC 5280 §4.2.1.10)
	[SUBTREE_FIRST] = ENTER(DER_SEQUENCE, SUBTREE_BASE, NULL, NULL),
	[SUBTREE_MORE] = ENTER_MANY(DER_SEQUENCE, SUBTREE_BASE, NULL, NULL),
	[SUBTREES_END] = END,
	[SUBTREE_BASE] = {TAG_ANY, 0, HOW_SKIP, 1, 0, x509_on_subtree_begin, x509_on_subtree},
	[SUBTREE_END] = END,
};

_Static_assert(sizeof(x509_rules) / sizeof(x509_rules[0]) < TAG_END, "rules are numbered with 8 bits");

const uint8_t x509_rule_certificate = CERTIFICATE;
const uint8_t x509_rule_rsa_key = RSA_KEY;
const uint8_t x509_rule_pss = PSS_HASH;
const uint8_t x509_rule_basic_constraints = BASIC_CONSTRAINTS;
const uint8_t x509_rule_key_usage = KEY_USAGE;
const uint8_t x509_rule_purposes = PURPOSES;
const uint8_t x509_rule_alt_names = ALT_NAMES;
const uint8_t x509_rule_constraints = CONSTRAINTS;
