#include <axtls/error.h>
#include <bearssl.h>
#include <stddef.h>
#include <x509/error.h>

/** X(name as in the RFCs, value) */
#define ALERT_NAMES(X)                                                                                                 \
	X("close_notify", 0)                                                                                               \
	X("unexpected_message", 10)                                                                                        \
	X("bad_record_mac", 20)                                                                                            \
	X("record_overflow", 22)                                                                                           \
	X("handshake_failure", 40)                                                                                         \
	X("bad_certificate", 42)                                                                                           \
	X("unsupported_certificate", 43)                                                                                   \
	X("certificate_revoked", 44)                                                                                       \
	X("certificate_expired", 45)                                                                                       \
	X("certificate_unknown", 46)                                                                                       \
	X("illegal_parameter", 47)                                                                                         \
	X("unknown_ca", 48)                                                                                                \
	X("access_denied", 49)                                                                                             \
	X("decode_error", 50)                                                                                              \
	X("decrypt_error", 51)                                                                                             \
	X("protocol_version", 70)                                                                                          \
	X("insufficient_security", 71)                                                                                     \
	X("internal_error", 80)                                                                                            \
	X("inappropriate_fallback", 86)                                                                                    \
	X("user_canceled", 90)                                                                                             \
	X("no_renegotiation", 100)                                                                                         \
	X("unsupported_extension", 110)                                                                                    \
	X("unrecognized_name", 112)                                                                                        \
	X("bad_certificate_status_response", 113)                                                                          \
	X("no_application_protocol", 120)

axtls_alert axtls_error_alert(axtls_error error)
{
	switch (error) {
#define X(name, value, alert, text)                                                                                    \
	case AXTLS_ERROR_##name:                                                                                           \
		return AXTLS_ALERT_##alert;
		AXTLS_ERROR_MAP(X)
#undef X
	}
	return AXTLS_ALERT_INTERNAL_ERROR;
}

axtls_alert axtls_certificate_alert(unsigned error)
{
	switch (error) {
	case X509_ERROR_EXPIRED:
	case X509_ERROR_NOT_YET_VALID:
	case X509_ERROR_ANCHOR_EXPIRED:
	case BR_ERR_X509_EXPIRED:
		return AXTLS_ALERT_CERTIFICATE_EXPIRED;
	case X509_ERROR_UNKNOWN_CA:
	case X509_ERROR_SELF_SIGNED:
	case X509_ERROR_NOT_CA:
	case BR_ERR_X509_NOT_TRUSTED:
	case BR_ERR_X509_NOT_CA:
		return AXTLS_ALERT_UNKNOWN_CA;
	case X509_ERROR_UNSUPPORTED_KEY:
	case X509_ERROR_UNSUPPORTED_SIGNATURE:
	case X509_ERROR_CRITICAL_EXTENSION:
	case X509_ERROR_CA_AS_LEAF:
	case X509_ERROR_KEY_USAGE:
	case X509_ERROR_EXTENDED_KEY_USAGE:
	case BR_ERR_X509_FORBIDDEN_KEY_USAGE:
	case BR_ERR_X509_CRITICAL_EXTENSION:
	case BR_ERR_X509_WRONG_KEY_TYPE:
		return AXTLS_ALERT_UNSUPPORTED_CERTIFICATE;
	case X509_ERROR_TIME_UNKNOWN:
	case X509_ERROR_NO_NAME:
	case BR_ERR_X509_TIME_UNKNOWN:
		return AXTLS_ALERT_INTERNAL_ERROR;
	default:
		return error < 256 ? AXTLS_ALERT_BAD_CERTIFICATE : AXTLS_ALERT_CERTIFICATE_UNKNOWN;
	}
}

const char *axtls_error_name(axtls_error error)
{
	switch (error) {
#define X(name, value, alert, text)                                                                                    \
	case AXTLS_ERROR_##name:                                                                                           \
		return #name;
		AXTLS_ERROR_MAP(X)
#undef X
	}
	return "?";
}

const char *axtls_error_text(axtls_error error)
{
	switch (error) {
#define X(name, value, alert, text)                                                                                    \
	case AXTLS_ERROR_##name:                                                                                           \
		return text;
		AXTLS_ERROR_MAP(X)
#undef X
	}
	return "?";
}

const char *axtls_alert_name(int alert)
{
	switch (alert) {
#define X(name, value)                                                                                                 \
	case value:                                                                                                        \
		return name;
		ALERT_NAMES(X)
#undef X
	default:
		return "?";
	}
}
