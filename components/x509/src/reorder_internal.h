/** What reorder.c and search.c share. */
#ifndef X509_REORDER_INTERNAL_H
#define X509_REORDER_INTERNAL_H

#include "internal.h"
#include <x509/reorder.h>

struct x509_reorder_entry_ {
	x509_reorder_entry *next;
	uint16_t length;  /**< of the certificate */
	uint16_t used;	  /**< bytes that have come */
	uint8_t position; /**< in what the peer sent */
	uint8_t der[];
};

/**
 * Whether an error is one of the place of a certificate in the path, so that the chain may be good without it. What is
 * no proper certificate spoils a chain, as it does when it stands within a path.
 */
static inline bool x509_is_of_path(x509_error error)
{
	return error >= X509_ERROR_UNSUPPORTED_KEY && error != X509_ERROR_TIME_UNKNOWN && error != X509_ERROR_NO_NAME;
}

/**
 * Look for a path through the certificates that are kept.
 * @param first the result of the first pass, which stands when nothing better is found
 * @return the validator's verdict
 */
x509_error x509_reorder_search(x509_reorder *reorder, x509_error first);

#endif
