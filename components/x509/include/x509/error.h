/**
 * x509/error.h: why a certificate or a chain was refused.
 *
 * The values lie above those of BearSSL's own engine (br_ssl_engine_last_error() reports 0..62, and 256 and
 * up for alerts), so that they travel through br_x509_class.end_chain() and the engine unchanged.
 */
#ifndef X509_ERROR_H
#define X509_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/** X(name, value, text). The matching Ssl::Error stands behind each. */
#define X509_ERROR_MAP(X)                                                                                              \
	X(NONE, 0, "no error")                                                                                             \
	/* the encoding: Ssl::Error::certificateMalformed */                                                               \
	X(MALFORMED, 64, "a certificate is not valid DER or lacks a field")                                                \
	X(TRUNCATED, 65, "a certificate ends too early")                                                                   \
	X(BAD_TIME, 66, "a certificate's date is not valid")                                                               \
	X(BAD_SERIAL, 67, "a certificate's serial number is not a positive number of at most 20 bytes")                    \
	X(BAD_VERSION, 68, "a certificate's version does not allow what it contains")                                      \
	X(DUPLICATE_EXTENSION, 69, "a certificate has the same extension twice")                                           \
	X(ALGORITHM_MISMATCH, 70, "a certificate names two different signature algorithms")                                \
	X(LIMIT, 71, "a certificate or the chain is larger than the limits of the validator")                              \
	X(EMPTY, 72, "the peer sent no certificate")									/* noPeerCertificate */    \
	X(BAD_KEY, 73, "a certificate's public key is not valid")                       /* certificateMalformed */     \
	/* what we can and want to handle */                                                                               \
	X(UNSUPPORTED_KEY, 76, "a certificate's key type or curve is not supported")	/* certificateAlgorithm */     \
	X(UNSUPPORTED_SIGNATURE, 77, "a certificate's signature algorithm is not supported") /* certificateAlgorithm */ \
	X(WEAK_KEY, 78, "a certificate's RSA key is too short")							/* certificateWeak */          \
	X(WEAK_SIGNATURE, 79, "a certificate is signed with MD5 or SHA-1")				/* certificateWeak */          \
	X(CRITICAL_EXTENSION, 80, "a certificate has an unknown critical extension")	/* certificateCritical */      \
	/* dates */                                                                                                        \
	X(EXPIRED, 84, "a certificate has expired")										/* certificateExpired */       \
	X(NOT_YET_VALID, 85, "a certificate is not valid yet")							/* certificateNotYetValid */   \
	X(TIME_UNKNOWN, 86, "the clock is not set, so dates cannot be judged")			/* clockNotSet */              \
	/* names */                                                                                                        \
	X(WRONG_NAME, 90, "the certificate is for another name")						/* certificateName */          \
	X(NO_NAME, 91, "the server's name is not known, so it cannot be checked")		/* noHostName */               \
	/* trust */                                                                                                        \
	X(UNKNOWN_CA, 96, "the chain does not lead to a trust anchor")					/* unknownCa */                \
	X(SELF_SIGNED, 97, "the certificate is self-signed and not itself trusted")		/* selfSigned */               \
	X(BAD_SIGNATURE, 98, "a signature in the chain does not verify")				/* certificateSignature */     \
	X(ANCHOR_EXPIRED, 99, "the trust anchor of the chain is outside its dates")		/* certificateExpired */       \
	/* usage: certificateUsage, certificateNotCa, certificateConstraint */                                             \
	X(NOT_CA, 104, "a certificate in the chain may not issue others")				/* certificateNotCa */         \
	X(CA_AS_LEAF, 105, "the certificate is that of a certificate authority")		/* certificateUsage */         \
	X(KEY_USAGE, 106, "the certificate's key usage does not allow TLS")				/* certificateUsage */         \
	X(EXTENDED_KEY_USAGE, 107, "the certificate is not meant for this side of TLS") /* certificateUsage */         \
	X(PATH_LENGTH, 108, "the chain is longer than a CA in it allows")				/* certificateConstraint */    \
	X(NAME_CONSTRAINT, 109, "a CA in the chain may not issue for this name")		/* certificateConstraint */    \
	X(NAME_CONSTRAINT_UNSUPPORTED, 110,                                                                                \
	  "a CA is constrained to names of a kind that is not supported")				/* certificateConstraint */    \
	X(NAMES_TOO_MANY, 111, "a CA has name constraints and the certificate too many names to check") /* dto. */     \
	/* misuse of x509_anchor_from_certificate() */                                                                     \
	X(BUFFER, 120, "the memory given for a trust anchor is too small")

/** Why a certificate was refused; the table above has the sentence for each. */
typedef enum {
#define X(name, value, text) X509_ERROR_##name = value,
	X509_ERROR_MAP(X)
#undef X
} x509_error;

/** Name of an error as it stands in this file without the prefix: "UNKNOWN_CA"; "?" for any other value. */
const char *x509_error_name(x509_error error);

/** Sentence for people, without a full stop; "?" for a value that is not in the table. */
const char *x509_error_text(x509_error error);

#ifdef __cplusplus
}
#endif

#endif
