/**
 * Ssl::Error: why a session failed, in terms that do not depend on the engine.
 *
 * Errors of certificates each say which check refused. The alert that goes with an error is given by
 * alertFor() and documented there.
 */
#pragma once

#include "Alert.h"
#include <WString.h>

/** X(name, alert sent to the peer, text) */
#define SSL_ERROR_MAP(X)                                                                                               \
	X(none, none, "no error")                                                                                          \
	X(notEnabled, none, "TLS is not compiled in: build with ENABLE_SSL=Bearssl or ENABLE_SSL=Axtls")                   \
	X(noMemory, INTERNAL_ERROR, "not enough heap for TLS")                                                             \
	X(noEntropy, INTERNAL_ERROR, "the random source is not seeded")                                                    \
	X(nothingToVerify, none,                                                                                           \
	  "nothing to verify the server against: set session.validators or session.trustAnchors, or "                      \
	  "options.verifyLater to accept any server")                                                                      \
	X(noCertificate, none, "a server needs a certificate and a private key: call session.keyCert.assign()")            \
	X(badKey, none, "the private key cannot be read")                                                                  \
	X(keyPassword, none, "the private key is encrypted, and its password is missing or wrong")                         \
	X(badCertificateData, none, "our own certificate cannot be read")                                                  \
	X(keyMismatch, none, "the private key does not belong to the certificate")                                         \
	X(noHostName, none, "the server's name is not known: set session.hostName")                                        \
	X(alertReceived, none, "the peer ended the connection with an alert")                                              \
	X(truncated, none, "the connection ended without close_notify: data may be missing")                               \
	X(canceled, USER_CANCELLED, "the handshake was given up by the application")                                       \
	X(timeout, USER_CANCELLED, "the peer did not answer in time")                                                      \
	X(unexpectedMessage, UNEXPECTED_MESSAGE, "the peer sent a message out of turn")                                    \
	X(decodeError, DECODE_ERROR, "the peer sent a message that cannot be parsed")                                      \
	X(illegalParameter, ILLEGAL_PARAMETER, "the peer sent a value that is not allowed")                                \
	X(unsupportedExtension, UNSUPPORTED_EXTENSION, "the peer answered with an extension that was not asked for")       \
	X(protocolVersion, INVALID_VERSION, "the peer speaks no TLS version that is allowed here")                         \
	X(handshakeFailure, HANDSHAKE_FAILURE, "no cipher suite, curve or signature algorithm in common")                  \
	X(badRecordMac, BAD_RECORD_MAC, "a record failed its authentication")                                              \
	X(recordOverflow, RECORD_OVERFLOW, "a record is longer than TLS allows")                                           \
	X(recordTooLarge, INTERNAL_ERROR, "a record is larger than the memory for it: see session.maxBufferSize")          \
	X(decryptError, DECRYPT_ERROR, "a signature or Finished value does not verify")                                    \
	X(renegotiation, NO_RENEGOTIATION, "the peer asked for renegotiation, which is refused")                           \
	X(internal, INTERNAL_ERROR, "internal error of the TLS engine")                                                    \
	X(pinMismatch, CERTIFICATE_UNKNOWN, "the certificate matches none of the pins or validators")                      \
	X(certificateMalformed, BAD_CERTIFICATE, "a certificate cannot be parsed")                                         \
	X(certificateName, BAD_CERTIFICATE, "the certificate is for another name than the one connected to")               \
	X(certificateExpired, CERTIFICATE_EXPIRED, "a certificate has expired")                                            \
	X(certificateNotYetValid, CERTIFICATE_EXPIRED, "a certificate is not valid yet: is the clock right?")              \
	X(clockNotSet, INTERNAL_ERROR, "the clock is not set, so the certificate's dates cannot be checked: use NtpClient") \
	X(unknownCa, UNKNOWN_CA, "the certificate does not lead to a trust anchor")                                        \
	X(selfSigned, UNKNOWN_CA, "the certificate is self-signed and not itself trusted")                                 \
	X(certificateSignature, BAD_CERTIFICATE, "a signature in the certificate chain does not verify")                   \
	X(certificateUsage, UNSUPPORTED_CERTIFICATE, "the certificate is not meant for this use")                          \
	X(certificateNotCa, UNKNOWN_CA, "a certificate in the chain may not issue others")                                 \
	X(certificateConstraint, BAD_CERTIFICATE, "a name or path length constraint of the chain forbids the certificate") \
	X(certificateCritical, UNSUPPORTED_CERTIFICATE, "a certificate has a critical extension that is not understood")   \
	X(certificateAlgorithm, UNSUPPORTED_CERTIFICATE, "a certificate uses an algorithm or curve that is not supported") \
	X(certificateWeak, BAD_CERTIFICATE, "a certificate has a weak key or signature (below RSA-2048, MD5, SHA-1)")      \
	X(noPeerCertificate, HANDSHAKE_FAILURE, "the peer sent no certificate")

namespace Ssl
{
enum class Error : uint8_t {
#define X(name, alert, text) name,
	SSL_ERROR_MAP(X)
#undef X
};

/** Short name of an error as it stands in this file, for logs and tests. */
String toString(Error error);

/** Sentence for people. */
String getErrorString(Error error);

/** The alert that is sent to the peer for an error of ours (RFC 5246 §7.2.2); Alert::none where nothing is sent. */
Alert alertFor(Error error);

} // namespace Ssl
