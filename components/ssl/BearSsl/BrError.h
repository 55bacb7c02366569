/**
 * Translation of BearSSL's errors.
 *
 * The engine closes without a word on nearly all of them; the session sends the alert. All there is:
 *
 *     BR_ERR_BAD_PARAM, BAD_ALERT, BAD_HANDSHAKE, OVERSIZED_ID, BAD_HELLO_DONE     → decode_error
 *     BR_ERR_UNSUPPORTED_VERSION, BAD_VERSION                                      → protocol_version
 *     BR_ERR_BAD_LENGTH: longer than the protocol allows                           → record_overflow
 *                        too short for its MAC, as BAD_MAC                         → bad_record_mac
 *     BR_ERR_UNKNOWN_TYPE, UNEXPECTED, BAD_CCS                                     → unexpected_message
 *     BR_ERR_BAD_CIPHER_SUITE, BAD_COMPRESSION, BAD_FRAGLEN, BAD_SNI,
 *            LIMIT_EXCEEDED, RESUME_MISMATCH, INVALID_ALGORITHM                    → illegal_parameter
 *     BR_ERR_EXTRA_EXTENSION                                                       → unsupported_extension
 *     BR_ERR_BAD_FINISHED, BAD_SIGNATURE                                           → decrypt_error
 *     BR_ERR_BAD_SECRENEG, NO_CLIENT_AUTH                                          → handshake_failure
 *     BR_ERR_WRONG_KEY_USAGE                                                       → unsupported_certificate
 *     BR_ERR_TOO_LARGE, NO_RANDOM, BAD_STATE and whatever else                     → internal_error
 *
 * Errors of certificates come from our own validator, and Error.h has their alerts. Of alerts that the engine sends
 * itself (protocol_version, inappropriate_fallback, handshake_failure and no_application_protocol, each as an answer
 * to a ClientHello) nothing is added. A warning, no_renegotiation, answers every attempt at renegotiation.
 */
#pragma once

#include <Network/Ssl/Error.h>

namespace Ssl
{
/** An error of ours and the alert that tells the peer. */
struct BrFailure {
	Error error;
	Alert alert;
};

/**
 * Look up an error that the engine itself raised (br_ssl_engine_last_error() below 32). Those of certificates
 * and of alerts received or sent are translated where they are known better.
 */
BrFailure translateError(int engineError);

/** The error for an alert that BearSSL sent of its own accord (a server that found nothing in common). */
Error errorForSentAlert(Alert alert);

} // namespace Ssl
