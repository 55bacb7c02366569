#include "BrError.h"
#include <bearssl_ssl.h>
#include <cstdint>

namespace Ssl
{
namespace
{
/*
 * BearSSL closes without a word on all of these; the alert is what RFC 5246 §7.2.2 (and the RFC of the
 * extension) wants. Alert::none stands for the one that always goes with the error, see Error.h.
 */
struct Entry {
	uint8_t engineError;
	Error error;
	Alert alert;
};

const Entry entries[] = {
	{BR_ERR_BAD_PARAM, Error::decodeError, Alert::none}, // a length in a message does not fit the others
	{BR_ERR_BAD_STATE, Error::internal, Alert::none},
	{BR_ERR_UNSUPPORTED_VERSION, Error::protocolVersion, Alert::none},
	{BR_ERR_BAD_VERSION, Error::protocolVersion, Alert::none}, // records of different versions
	{BR_ERR_BAD_LENGTH, Error::recordOverflow, Alert::none},   // beyond what the protocol allows
	{BR_ERR_TOO_LARGE, Error::recordTooLarge, Alert::none},    // allowed, but no memory for it
	{BR_ERR_BAD_MAC, Error::badRecordMac, Alert::none},
	{BR_ERR_NO_RANDOM, Error::noEntropy, Alert::none},
	{BR_ERR_UNKNOWN_TYPE, Error::unexpectedMessage, Alert::none},
	{BR_ERR_UNEXPECTED, Error::unexpectedMessage, Alert::none},
	{BR_ERR_BAD_CCS, Error::unexpectedMessage, Alert::none},
	{BR_ERR_BAD_ALERT, Error::decodeError, Alert::none},
	{BR_ERR_BAD_HANDSHAKE, Error::decodeError, Alert::none},
	{BR_ERR_OVERSIZED_ID, Error::decodeError, Alert::none},
	{BR_ERR_BAD_CIPHER_SUITE, Error::illegalParameter, Alert::none}, // the server chose one that was not offered
	{BR_ERR_BAD_COMPRESSION, Error::illegalParameter, Alert::none},
	{BR_ERR_BAD_FRAGLEN, Error::illegalParameter, Alert::none},		   // RFC 6066 §4
	{BR_ERR_BAD_SECRENEG, Error::renegotiation, Alert::HANDSHAKE_FAILURE}, // RFC 5746 §3.4
	{BR_ERR_EXTRA_EXTENSION, Error::unsupportedExtension, Alert::none},
	{BR_ERR_BAD_SNI, Error::illegalParameter, Alert::none},
	{BR_ERR_BAD_HELLO_DONE, Error::decodeError, Alert::none},
	{BR_ERR_LIMIT_EXCEEDED, Error::illegalParameter, Alert::none}, // a signature or key longer than any that fits
	{BR_ERR_BAD_FINISHED, Error::decryptError, Alert::none},
	{BR_ERR_RESUME_MISMATCH, Error::illegalParameter, Alert::none},
	{BR_ERR_INVALID_ALGORITHM, Error::illegalParameter, Alert::none}, // curve or hash that was not offered; bad point
	{BR_ERR_BAD_SIGNATURE, Error::decryptError, Alert::none},
	{BR_ERR_WRONG_KEY_USAGE, Error::certificateUsage, Alert::none},
	{BR_ERR_NO_CLIENT_AUTH, Error::noPeerCertificate, Alert::none},
};

} // namespace

BrFailure translateError(int engineError)
{
	for(auto& entry : entries) {
		if(entry.engineError == engineError) {
			return {entry.error, entry.alert == Alert::none ? alertFor(entry.error) : entry.alert};
		}
	}
	return {Error::internal, Alert::INTERNAL_ERROR};
}

Error errorForSentAlert(Alert alert)
{
	switch(alert) {
	case Alert::INVALID_VERSION:
	case Alert::INAPPROPRIATE_FALLBACK: // RFC 7507
		return Error::protocolVersion;
	case Alert::HANDSHAKE_FAILURE:
	case Alert::NO_APPLICATION_PROTOCOL:
		return Error::handshakeFailure;
	default:
		return Error::internal;
	}
}

} // namespace Ssl
