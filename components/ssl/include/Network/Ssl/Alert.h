/** Ssl::Alert: TLS alert descriptions (RFC 5246 §7.2, RFC 6066 §9, RFC 7301 §3.2, RFC 8446 §6). */
#pragma once

#include <WString.h>
#include <cstdint>

/** X(name, code) */
#define SSL_ALERT_MAP(X)                                                                                               \
	X(closeNotify, 0)                                                                                                  \
	X(unexpectedMessage, 10)                                                                                           \
	X(badRecordMac, 20)                                                                                                \
	X(recordOverflow, 22)                                                                                              \
	X(handshakeFailure, 40)                                                                                            \
	X(badCertificate, 42)                                                                                              \
	X(unsupportedCertificate, 43)                                                                                      \
	X(certificateRevoked, 44)                                                                                          \
	X(certificateExpired, 45)                                                                                          \
	X(certificateUnknown, 46)                                                                                          \
	X(illegalParameter, 47)                                                                                            \
	X(unknownCa, 48)                                                                                                   \
	X(accessDenied, 49)                                                                                                \
	X(decodeError, 50)                                                                                                 \
	X(decryptError, 51)                                                                                                \
	X(protocolVersion, 70)                                                                                             \
	X(insufficientSecurity, 71)                                                                                        \
	X(internalError, 80)                                                                                               \
	X(inappropriateFallback, 86)                                                                                       \
	X(userCanceled, 90)                                                                                                \
	X(noRenegotiation, 100)                                                                                            \
	X(missingExtension, 109)                                                                                           \
	X(unsupportedExtension, 110)                                                                                       \
	X(unrecognizedName, 112)                                                                                           \
	X(badCertificateStatusResponse, 113)                                                                               \
	X(unknownPskIdentity, 115)                                                                                         \
	X(certificateRequired, 116)                                                                                        \
	X(noApplicationProtocol, 120)

namespace Ssl
{
enum class Alert : int16_t {
	none = -1, ///< no alert was sent or received
#define X(name, code) name = code,
	SSL_ALERT_MAP(X)
#undef X
};

/** Name as in the RFCs: "bad_certificate"; "alert 123" for a code not in the table; "none" for Alert::none. */
String toString(Alert alert);

} // namespace Ssl
