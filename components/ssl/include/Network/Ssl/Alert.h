/**
 * Ssl::Alert: TLS alert descriptions (RFC 5246 §7.2, RFC 6066 §9, RFC 7301 §3.2, RFC 7507 §4, RFC 8446 §6).
 *
 * The enumerators have the names that Sming applications use; two of them differ from the RFC's
 * (INVALID_VERSION is protocol_version, USER_CANCELLED is user_canceled).
 */
#pragma once

#include <WString.h>
#include <cstdint>

/** XX(enumerator, code, name in the RFCs) */
#define SSL_ALERT_CODE_MAP(XX)                                                                                         \
	XX(CLOSE_NOTIFY, 0, "close_notify")                                                                                \
	XX(UNEXPECTED_MESSAGE, 10, "unexpected_message")                                                                   \
	XX(BAD_RECORD_MAC, 20, "bad_record_mac")                                                                           \
	XX(RECORD_OVERFLOW, 22, "record_overflow")                                                                         \
	XX(DECOMPRESSION_FAILURE, 30, "decompression_failure")                                                             \
	XX(HANDSHAKE_FAILURE, 40, "handshake_failure")                                                                     \
	XX(BAD_CERTIFICATE, 42, "bad_certificate")                                                                         \
	XX(UNSUPPORTED_CERTIFICATE, 43, "unsupported_certificate")                                                         \
	XX(CERTIFICATE_REVOKED, 44, "certificate_revoked")                                                                 \
	XX(CERTIFICATE_EXPIRED, 45, "certificate_expired")                                                                 \
	XX(CERTIFICATE_UNKNOWN, 46, "certificate_unknown")                                                                 \
	XX(ILLEGAL_PARAMETER, 47, "illegal_parameter")                                                                     \
	XX(UNKNOWN_CA, 48, "unknown_ca")                                                                                   \
	XX(ACCESS_DENIED, 49, "access_denied")                                                                             \
	XX(DECODE_ERROR, 50, "decode_error")                                                                               \
	XX(DECRYPT_ERROR, 51, "decrypt_error")                                                                             \
	XX(INVALID_VERSION, 70, "protocol_version")                                                                        \
	XX(INSUFFICIENT_SECURITY, 71, "insufficient_security")                                                             \
	XX(INTERNAL_ERROR, 80, "internal_error")                                                                           \
	XX(INAPPROPRIATE_FALLBACK, 86, "inappropriate_fallback")                                                           \
	XX(USER_CANCELLED, 90, "user_canceled")                                                                            \
	XX(NO_RENEGOTIATION, 100, "no_renegotiation")                                                                      \
	XX(MISSING_EXTENSION, 109, "missing_extension")                                                                    \
	XX(UNSUPPORTED_EXTENSION, 110, "unsupported_extension")                                                            \
	XX(UNRECOGNIZED_NAME, 112, "unrecognized_name")                                                                    \
	XX(BAD_CERTIFICATE_STATUS_RESPONSE, 113, "bad_certificate_status_response")                                        \
	XX(UNKNOWN_PSK_IDENTITY, 115, "unknown_psk_identity")                                                              \
	XX(CERTIFICATE_REQUIRED, 116, "certificate_required")                                                              \
	XX(NO_APPLICATION_PROTOCOL, 120, "no_application_protocol")

namespace Ssl
{
enum class Alert : int16_t {
	Invalid = -1,	///< no alert was sent or received
	none = Invalid, ///< the same, in the words of this framework
#define XX(tag, code, name) tag = code,
	SSL_ALERT_CODE_MAP(XX)
#undef XX
};

/** Enumerator's name: "BAD_CERTIFICATE"; "Alert #123" for a code that is not in the table, "Invalid" for none. */
String getAlertString(Alert alert);

/** Name as in the RFCs: "bad_certificate"; "alert 123" for a code that is not in the table, "none" for none. */
String toString(Alert alert);

} // namespace Ssl
