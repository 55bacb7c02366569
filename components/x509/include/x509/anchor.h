/**
 * x509/anchor.h: trust anchors (RFC 5280 §6.1.1 (d), RFC 5914).
 *
 * An anchor is what is left of a CA certificate once its owner decided to trust it: the hash of its name, its
 * key, its dates and its constraints. All of it may live in flash; the validator only ever reads it.
 */
#ifndef X509_ANCHOR_H
#define X509_ANCHOR_H

#include "error.h"
#include <bearssl_x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define X509_SUBJECT_HASH_SIZE 32 /**< SHA-256 */

/** A trust anchor: what is kept of a certificate that is trusted. */
typedef struct x509_anchor_ {
	/** SHA-256 of the subject's DER encoding (the Name, tag and length included). */
	uint8_t subject_hash[X509_SUBJECT_HASH_SIZE];
	/** Public key, RSA or EC. The pointers in it lack const in BearSSL; they are never written through. */
	br_x509_pkey key;
	/** Seconds since 1970-01-01T00:00:00Z, both inclusive. */
	int64_t not_before;
	int64_t not_after;
	/**
	 * NULL: a CA, which may issue certificates and is never accepted as end entity.
	 * Else SHA-256 (32 bytes) of the one end-entity certificate that is trusted directly: exactly these bytes
	 * are accepted, whoever signed them. Name, dates and usage are still checked. It cannot issue.
	 */
	const uint8_t *certificate_hash;
	/** DER of the NameConstraints value (RFC 5280 §4.2.1.10), NULL when there is none. */
	const uint8_t *name_constraints;
	uint16_t name_constraints_length;
	/** Intermediate certificates allowed below (RFC 5280 §4.2.1.9), -1: any number. */
	int16_t path_length;
} x509_anchor;

/**
 * Find the anchors for a subject.
 * @param param as given in x509_config.find_anchor_param
 * @param subject_hash SHA-256 of the DER name
 * @param previous NULL for the first one; else the one returned before: the next with the same hash is wanted
 * @return NULL when there is none (any more). It must stay valid until end_chain() has returned.
 */
typedef const x509_anchor *(*x509_find_anchor)(void *param, const uint8_t subject_hash[X509_SUBJECT_HASH_SIZE],
											   const x509_anchor *previous);

/** Anchors in ascending order of subject_hash, as sming_host.trust writes them. */
typedef struct {
	const x509_anchor *anchors;
	size_t count;
} x509_anchor_table;

/** An x509_find_anchor; `param` is a const x509_anchor_table*. Binary search: 8 comparisons for 150 anchors. */
const x509_anchor *x509_anchor_table_find(void *param, const uint8_t subject_hash[X509_SUBJECT_HASH_SIZE],
										  const x509_anchor *previous);

/**
 * The anchors that the build was given with TRUST_ANCHORS; sming_host.trust writes the definition. Weak: without
 * TRUST_ANCHORS nothing defines it, and its address is NULL.
 */
extern const x509_anchor_table x509_built_in_anchors __attribute__((weak));

struct x509_context_;

/** Memory that x509_anchor_from_certificate() needs for any certificate without name constraints, in bytes. */
#define X509_ANCHOR_MEMORY 560

/**
 * Make an anchor at run time.
 *
 * A CA certificate (basicConstraints cA, keyCertSign if it has a keyUsage, version 3) becomes a CA anchor; any
 * other one an anchor for direct trust. Dates are taken, not judged; the certificate's own signature is not
 * verified (RFC 5280 §6.1: an anchor is trusted for itself). Malformed certificates and weak keys are refused.
 * @param work room to work in, of any content; free again on return
 * @param certificate DER, wanted no more after the return
 * @param anchor filled in; its pointers lead into `memory`
 * @param memory owned by the caller, to be kept as long as the anchor
 * @param memory_length its size in bytes
 * @param used how many bytes of it were used, or would be when the result is X509_ERROR_BUFFER
 */
x509_error x509_anchor_from_certificate(struct x509_context_ *work, const uint8_t *certificate, size_t length,
										x509_anchor *anchor, uint8_t *memory, size_t memory_length, size_t *used);

#ifdef __cplusplus
}
#endif

#endif
