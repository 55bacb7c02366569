/**
 * axtls/error.h: why a connection ended, and the alert that says so to the peer.
 *
 * Alerts: RFC 5246 §7.2.2, RFC 6066 §9, RFC 7301 §3.2, RFC 7507 §4, RFC 8446 §6.2.
 * The table is the only place that ties an error to an alert.
 */
#ifndef AXTLS_ERROR_H
#define AXTLS_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/** Alert descriptions as they stand on the wire. */
typedef enum {
	AXTLS_ALERT_NONE = -1, /**< no alert goes with it */
	AXTLS_ALERT_CLOSE_NOTIFY = 0,
	AXTLS_ALERT_UNEXPECTED_MESSAGE = 10,
	AXTLS_ALERT_BAD_RECORD_MAC = 20,
	AXTLS_ALERT_RECORD_OVERFLOW = 22,
	AXTLS_ALERT_HANDSHAKE_FAILURE = 40,
	AXTLS_ALERT_BAD_CERTIFICATE = 42,
	AXTLS_ALERT_UNSUPPORTED_CERTIFICATE = 43,
	AXTLS_ALERT_CERTIFICATE_EXPIRED = 45,
	AXTLS_ALERT_CERTIFICATE_UNKNOWN = 46,
	AXTLS_ALERT_ILLEGAL_PARAMETER = 47,
	AXTLS_ALERT_UNKNOWN_CA = 48,
	AXTLS_ALERT_DECODE_ERROR = 50,
	AXTLS_ALERT_DECRYPT_ERROR = 51,
	AXTLS_ALERT_PROTOCOL_VERSION = 70,
	AXTLS_ALERT_INSUFFICIENT_SECURITY = 71,
	AXTLS_ALERT_INTERNAL_ERROR = 80,
	AXTLS_ALERT_INAPPROPRIATE_FALLBACK = 86,
	AXTLS_ALERT_USER_CANCELED = 90,
	AXTLS_ALERT_NO_RENEGOTIATION = 100,
	AXTLS_ALERT_UNSUPPORTED_EXTENSION = 110,
	AXTLS_ALERT_UNRECOGNIZED_NAME = 112,
	AXTLS_ALERT_NO_APPLICATION_PROTOCOL = 120,
} axtls_alert;

/** X(name, value, alert that is sent, text) */
#define AXTLS_ERROR_MAP(X)                                                                                             \
	X(NONE, 0, NONE, "no error")                                                                                       \
	X(MEMORY, 1, INTERNAL_ERROR, "not enough memory")                                                                  \
	X(INTERNAL, 2, INTERNAL_ERROR, "a cryptographic operation of our own failed")                                      \
	X(CONFIGURATION, 3, INTERNAL_ERROR, "the settings leave nothing to offer to the peer")                             \
	X(ABORTED, 4, NONE, "given up by the application")                                                                 \
	X(ALERT_RECEIVED, 5, NONE, "the peer ended the connection with a fatal alert")                                     \
	X(CLOSED_EARLY, 6, NONE, "the peer said goodbye before the handshake was done")                                    \
	X(UNEXPECTED_MESSAGE, 7, UNEXPECTED_MESSAGE, "a message came out of turn")                                         \
	X(DECODE, 8, DECODE_ERROR, "a message cannot be parsed")                                                           \
	X(ILLEGAL_PARAMETER, 9, ILLEGAL_PARAMETER, "a field has a value that is not allowed")                              \
	X(PROTOCOL_VERSION, 10, PROTOCOL_VERSION, "the peer does not speak TLS 1.2")                                       \
	X(FALLBACK, 11, INAPPROPRIATE_FALLBACK, "the peer fell back to an older version without need")                     \
	X(NO_COMMON_SUITE, 12, HANDSHAKE_FAILURE, "no cipher suite, group or signature algorithm in common")               \
	X(RENEGOTIATION_INFO, 13, HANDSHAKE_FAILURE, "secure renegotiation is not signalled as RFC 5746 asks")             \
	X(EXTENDED_MASTER_SECRET, 14, HANDSHAKE_FAILURE, "a resumed session lost its extended master secret")              \
	X(UNSUPPORTED_EXTENSION, 15, UNSUPPORTED_EXTENSION, "an extension came that was not asked for")                    \
	X(UNRECOGNIZED_NAME, 16, UNRECOGNIZED_NAME, "the server name is not served here")                                  \
	X(NO_PROTOCOL, 17, NO_APPLICATION_PROTOCOL, "no application protocol in common")                                   \
	X(RECORD_OVERFLOW, 18, RECORD_OVERFLOW, "a record is longer than allowed")                                         \
	X(BAD_MAC, 19, BAD_RECORD_MAC, "a record failed its authentication")                                               \
	X(BAD_SIGNATURE, 20, DECRYPT_ERROR, "a signature does not verify")                                                 \
	X(BAD_FINISHED, 21, DECRYPT_ERROR, "the Finished value does not verify")                                           \
	X(CERTIFICATE, 22, CERTIFICATE_UNKNOWN, "the peer's certificate was refused")                                      \
	X(NO_CERTIFICATE, 23, HANDSHAKE_FAILURE, "the peer sent no certificate")                                           \
	X(CERTIFICATE_TYPE, 24, UNSUPPORTED_CERTIFICATE, "the peer's key does not suit the cipher suite")                  \
	X(RENEGOTIATION, 25, UNEXPECTED_MESSAGE, "the peer kept on asking for renegotiation")                                \
	X(TOO_MANY_WARNINGS, 26, UNEXPECTED_MESSAGE, "the peer sent too many warnings or empty records")

/** Why an engine ended its connection; the table above has the alert and the sentence for each. */
typedef enum {
#define X(name, value, alert, text) AXTLS_ERROR_##name = value,
	AXTLS_ERROR_MAP(X)
#undef X
} axtls_error;

/** Alert that is sent for an error; AXTLS_ALERT_NONE where nothing is sent. */
axtls_alert axtls_error_alert(axtls_error error);

/** Alert for a result of br_x509_class.end_chain(): a x509_error or one of BearSSL's BR_ERR_X509_*. */
axtls_alert axtls_certificate_alert(unsigned x509_error);

/** Name as in the table ("BAD_MAC") and sentence for people; "?" for values that are not in it. */
const char *axtls_error_name(axtls_error error);
const char *axtls_error_text(axtls_error error);

/** Name of an alert as in the RFCs ("bad_record_mac"); "?" for one that this engine does not know. */
const char *axtls_alert_name(int alert);

#ifdef __cplusplus
}
#endif

#endif
