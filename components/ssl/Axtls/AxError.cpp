#include "AxError.h"

namespace Ssl
{
Error translateError(axtls_error error)
{
	switch(error) {
	case AXTLS_ERROR_NONE:
		return Error::none;
	case AXTLS_ERROR_MEMORY:
		return Error::noMemory;
	case AXTLS_ERROR_ABORTED:
		return Error::canceled;
	case AXTLS_ERROR_ALERT_RECEIVED:
	case AXTLS_ERROR_CLOSED_EARLY:
		return Error::alertReceived;
	case AXTLS_ERROR_UNEXPECTED_MESSAGE:
	case AXTLS_ERROR_TOO_MANY_WARNINGS:
		return Error::unexpectedMessage;
	case AXTLS_ERROR_DECODE:
		return Error::decodeError;
	case AXTLS_ERROR_ILLEGAL_PARAMETER:
		return Error::illegalParameter;
	case AXTLS_ERROR_PROTOCOL_VERSION:
	case AXTLS_ERROR_FALLBACK: // RFC 7507
		return Error::protocolVersion;
	case AXTLS_ERROR_CONFIGURATION:
	case AXTLS_ERROR_NO_COMMON_SUITE:
	case AXTLS_ERROR_EXTENDED_MASTER_SECRET:
	case AXTLS_ERROR_UNRECOGNIZED_NAME:
	case AXTLS_ERROR_NO_PROTOCOL:
		return Error::handshakeFailure;
	case AXTLS_ERROR_RENEGOTIATION_INFO:
	case AXTLS_ERROR_RENEGOTIATION:
		return Error::renegotiation;
	case AXTLS_ERROR_UNSUPPORTED_EXTENSION:
		return Error::unsupportedExtension;
	case AXTLS_ERROR_RECORD_OVERFLOW:
		return Error::recordOverflow;
	case AXTLS_ERROR_BAD_MAC:
		return Error::badRecordMac;
	case AXTLS_ERROR_BAD_SIGNATURE:
	case AXTLS_ERROR_BAD_FINISHED:
		return Error::decryptError;
	case AXTLS_ERROR_CERTIFICATE:
		return Error::certificateMalformed;
	case AXTLS_ERROR_NO_CERTIFICATE:
		return Error::noPeerCertificate;
	case AXTLS_ERROR_CERTIFICATE_TYPE:
		return Error::certificateUsage;
	case AXTLS_ERROR_INTERNAL:
		break;
	}
	return Error::internal;
}

} // namespace Ssl
