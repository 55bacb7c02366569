/**
 * Flat C interface to the certificate validator (components/x509), for its tests and for the Python binding.
 *
 * Written like tls.h: plain C that cffi can read as it stands.
 */
#ifndef SMING_HOST_X509_H
#define SMING_HOST_X509_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/** Any number of certificates, one after the other without a gap. */
typedef struct {
	const uint8_t* data;
	const uint32_t* lengths;
	size_t count;
} sming_x509_list;

/** What a chain is judged by. */
typedef struct {
	/** 0: a server's certificate is checked, 1: a client's */
	int client_certificate;
	/** 0: only parse the end entity, for pins; 1: full check */
	int check_chain;
	/** 0: the clock is not set */
	int time_known;
	/** Seconds since 1970-01-01T00:00:00Z */
	int64_t time;
	/** DNS name or address of the server; NULL: none */
	const char* server;
	/** 0: the default */
	uint32_t min_rsa_bits;
	/** Sizes of the fragments that the certificates are fed in, used in turn; none: each in one piece */
	const uint32_t* fragments;
	size_t fragment_count;
	/** Allocations for copies of certificates (x509/reorder.h) that are met before one fails; 0: none is met */
	uint32_t copies;
} sming_x509_settings;

/** What a chain was judged to be. */
typedef struct {
	/** x509_error; -1 no memory, -2 `server` is no name, -3 an anchor was refused, see `anchor_error` */
	int error;
	int anchor_error;
	/** Position of the certificate that was refused */
	int depth;
	int64_t not_before;
	int64_t not_after;
	/** BR_KEYTYPE_RSA 1, BR_KEYTYPE_EC 2; 0: none */
	int key_type;
	/** Length of an RSA modulus in bytes, or number of a curve */
	int key_detail;
	/** 16: key exchange, 32: signature */
	int usages;
	/** Whether the hashes are there */
	int hashes;
	uint8_t sha1[20];
	uint8_t sha256[32];
	uint8_t spki_sha256[32];
	/** Of the end entity, UTF-8 */
	char subject_common_name[65];
	char issuer_common_name[65];
	char first_dns_name[254];
	char second_dns_name[254];
	char names[256];
	/** Bytes that copies of certificates took at most, and how many signatures were verified */
	uint32_t copied_peak;
	uint32_t verifications;
} sming_x509_result;

/** Validate a chain, end entity first. @return result->error */
int sming_x509_validate(const sming_x509_list* chain, const sming_x509_list* anchors,
						const sming_x509_settings* settings, sming_x509_result* result);

/** Name of an x509_error: "UNKNOWN_CA". */
const char* sming_x509_error_name(int error);

/** Sentence for an x509_error. */
const char* sming_x509_error_text(int error);

/** sizeof(x509_context), and what of it is not key or signature buffer. */
size_t sming_x509_context_size(void);
size_t sming_x509_state_size(void);

/**
 * Entry point for a fuzzer: the first octets choose settings and fragments, the rest is a chain of certificates with a
 * length of two octets in front of each.
 * @return 0
 */
int sming_x509_fuzz(const uint8_t* data, size_t size);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
