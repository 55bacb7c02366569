/**
 * x509/reorder.h: chains that come out of order, with alternatives or with certificates too many, as a br_x509_class.
 *
 * Stands before a validator (x509/validator.h), which takes certificates as they come. Copies of what the peer sends
 * are kept where the caller's memory has room for them, until the path has reached an anchor. If the chain as it was
 * sent leads nowhere, the validator is given the same end entity and an order of the others that follows the names of
 * issuers. The verdict is always the validator's, on a chain that the peer could have sent: this part only chooses.
 *
 *     x509_init(&context, &config);
 *     x509_reorder_init(&reorder, &context, allocate, release);
 *     br_ssl_engine_set_x509(engine, &reorder.vtable);
 *     ...
 *     x509_reorder_free(&reorder);
 *
 * Without memory all is as without this part: chains in order are accepted, others are refused.
 */
#ifndef X509_REORDER_H
#define X509_REORDER_H

#include "validator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bounds on what a peer can cause, beside those of validator.h */
#define X509_REORDER_BYTES 16384u /**< of certificates kept; three intermediates of RSA-4096 take about 7 KB */
#define X509_REORDER_TRIES 16u	/**< issuers tried after the first pass: each is a certificate parsed and a signature verified */

/** One certificate that is kept. Private. */
typedef struct x509_reorder_entry_ x509_reorder_entry;

/** Its fields are private except vtable. It may be moved only while it keeps nothing. */
typedef struct {
	const br_x509_class *vtable;
	x509_context *context;
	/** NULL when there is no memory. Each block is asked for once for each certificate and given back. */
	void *(*allocate)(size_t size);
	void (*release)(void *block);
	x509_reorder_entry *first; /**< in the order of arrival */
	x509_reorder_entry *current;
	uint16_t total;		/**< bytes of certificates kept */
	uint16_t processed; /**< anchors were looked for above these certificates, one bit each */
	uint8_t count;		/**< certificates begun */
	bool keeping;
} x509_reorder;

/**
 * @param context set up with x509_init(); details, hashes and names are asked of it as ever
 * @param allocate,release memory for copies: at most X509_REORDER_BYTES of certificates in X509_MAX_CHAIN blocks, and
 *        during the search one of less than 1 KB
 */
void x509_reorder_init(x509_reorder *reorder, x509_context *context, void *(*allocate)(size_t size),
					   void (*release)(void *block));

/** Give back what is kept, when a handshake ends before its chain does. Any number of times. */
void x509_reorder_free(x509_reorder *reorder);

/** The class. end_chain() returns an x509_error. */
extern const br_x509_class x509_reorder_vtable;

#ifdef __cplusplus
}
#endif

#endif
