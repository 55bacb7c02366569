/** Errors as axTLS numbers them, and what they mean. */
#include "api.h"

#if defined(__unix__)
#include <stdio.h>
#endif

int api_x509_error(x509_error error)
{
	switch (error) {
	case X509_ERROR_NONE:
		return SSL_OK;
	case X509_ERROR_UNKNOWN_CA:
		return SSL_X509_ERROR(X509_VFY_ERROR_NO_TRUSTED_CERT);
	case X509_ERROR_SELF_SIGNED:
		return SSL_X509_ERROR(X509_VFY_ERROR_SELF_SIGNED);
	case X509_ERROR_BAD_SIGNATURE:
		return SSL_X509_ERROR(X509_VFY_ERROR_BAD_SIGNATURE);
	case X509_ERROR_NOT_YET_VALID:
		return SSL_X509_ERROR(X509_VFY_ERROR_NOT_YET_VALID);
	case X509_ERROR_EXPIRED:
	case X509_ERROR_ANCHOR_EXPIRED:
		return SSL_X509_ERROR(X509_VFY_ERROR_EXPIRED);
	case X509_ERROR_UNSUPPORTED_SIGNATURE:
	case X509_ERROR_WEAK_SIGNATURE:
		return SSL_X509_ERROR(X509_VFY_ERROR_UNSUPPORTED_DIGEST);
	case X509_ERROR_NOT_CA:
	case X509_ERROR_PATH_LENGTH:
	case X509_ERROR_NAME_CONSTRAINT:
	case X509_ERROR_NAME_CONSTRAINT_UNSUPPORTED:
	case X509_ERROR_NAMES_TOO_MANY:
		return SSL_X509_ERROR(X509_VFY_ERROR_INVALID_CHAIN);
	default:
		return SSL_X509_ERROR(X509_NOT_OK);
	}
}

int api_error(const axtls_engine *engine)
{
	switch (axtls_engine_get_error(engine)) {
	case AXTLS_ERROR_NONE:
		return SSL_OK;
	case AXTLS_ERROR_ALERT_RECEIVED:
		/* As the original has it: the alert's number, negative. TLS has none below 10 but close_notify: they would say
		 * SSL_EAGAIN and the like */
		return axtls_engine_get_alert_received(engine) < AXTLS_ALERT_UNEXPECTED_MESSAGE
				   ? SSL_ERROR_INVALID_PROT_MSG
				   : -axtls_engine_get_alert_received(engine);
	case AXTLS_ERROR_CLOSED_EARLY:
		return SSL_CLOSE_NOTIFY;
	case AXTLS_ERROR_DECODE:
	case AXTLS_ERROR_ILLEGAL_PARAMETER:
		return SSL_ERROR_INVALID_PROT_MSG;
	case AXTLS_ERROR_PROTOCOL_VERSION:
	case AXTLS_ERROR_FALLBACK:
		return SSL_ERROR_INVALID_VERSION;
	case AXTLS_ERROR_NO_COMMON_SUITE:
		return SSL_ERROR_NO_CIPHER;
	case AXTLS_ERROR_UNSUPPORTED_EXTENSION:
		return SSL_ERROR_UNSUPPORTED_EXTENSION;
	case AXTLS_ERROR_RECORD_OVERFLOW:
		return SSL_ERROR_RECORD_OVERFLOW;
	case AXTLS_ERROR_BAD_MAC:
		return SSL_ERROR_INVALID_HMAC;
	case AXTLS_ERROR_BAD_SIGNATURE:
		return SSL_ERROR_INVALID_KEY;
	case AXTLS_ERROR_BAD_FINISHED:
		return SSL_ERROR_FINISHED_INVALID;
	case AXTLS_ERROR_CERTIFICATE:
		return api_x509_error((x509_error)axtls_engine_get_certificate_error(engine));
	case AXTLS_ERROR_NO_CERTIFICATE:
	case AXTLS_ERROR_CERTIFICATE_TYPE:
		return SSL_ERROR_BAD_CERTIFICATE;
	case AXTLS_ERROR_RENEGOTIATION:
		return SSL_ERROR_NO_CLIENT_RENOG;
	case AXTLS_ERROR_MEMORY:
	case AXTLS_ERROR_INTERNAL:
	case AXTLS_ERROR_CONFIGURATION:
	case AXTLS_ERROR_ABORTED:
		return SSL_ERROR_DEAD;
	default:
		return SSL_ERROR_INVALID_HANDSHAKE;
	}
}

const char *ssl_error_text(int code)
{
	switch (code) {
	case SSL_OK:
		return "no error";
	case SSL_NOT_OK:
		return "not done yet";
	case SSL_ERROR_DEAD:
		return "the connection cannot go on";
	case SSL_CLOSE_NOTIFY:
		return "the peer has closed the connection";
	case SSL_EAGAIN:
		return "nothing to do at the moment";
	case SSL_ERROR_CONN_LOST:
		return "the connection was lost";
	case SSL_ERROR_RECORD_OVERFLOW:
		return "a record is too long";
	case SSL_ERROR_SOCK_SETUP_FAILURE:
		return "the socket cannot be set up";
	case SSL_ERROR_INVALID_HANDSHAKE:
		return "the handshake went wrong";
	case SSL_ERROR_INVALID_PROT_MSG:
		return "a message is not valid";
	case SSL_ERROR_INVALID_HMAC:
		return "a record failed its authentication";
	case SSL_ERROR_INVALID_VERSION:
		return "the peer speaks another version of TLS";
	case SSL_ERROR_UNSUPPORTED_EXTENSION:
		return "an extension came that was not asked for";
	case SSL_ERROR_INVALID_SESSION:
		return "the session is not valid";
	case SSL_ERROR_NO_CIPHER:
		return "no cipher suite in common";
	case SSL_ERROR_INVALID_CERT_HASH_ALG:
		return "a certificate's hash is not supported";
	case SSL_ERROR_BAD_CERTIFICATE:
		return "there is no certificate, or it cannot be used";
	case SSL_ERROR_INVALID_KEY:
		return "a key or signature is not valid";
	case SSL_ERROR_FINISHED_INVALID:
		return "the handshake was tampered with";
	case SSL_ERROR_NO_CERT_DEFINED:
		return "no certificate was loaded";
	case SSL_ERROR_NO_CLIENT_RENOG:
		return "renegotiation is refused";
	case SSL_ERROR_NOT_SUPPORTED:
		return "not supported";
	case SSL_X509_ERROR(X509_NOT_OK):
		return "the certificate was refused";
	case SSL_X509_ERROR(X509_VFY_ERROR_NO_TRUSTED_CERT):
		return "the certificate does not lead to a trusted one";
	case SSL_X509_ERROR(X509_VFY_ERROR_BAD_SIGNATURE):
		return "a signature in the chain does not verify";
	case SSL_X509_ERROR(X509_VFY_ERROR_NOT_YET_VALID):
		return "a certificate is not valid yet";
	case SSL_X509_ERROR(X509_VFY_ERROR_EXPIRED):
		return "a certificate has expired";
	case SSL_X509_ERROR(X509_VFY_ERROR_SELF_SIGNED):
		return "the certificate is self-signed";
	case SSL_X509_ERROR(X509_VFY_ERROR_INVALID_CHAIN):
		return "the chain of certificates is not valid";
	case SSL_X509_ERROR(X509_VFY_ERROR_UNSUPPORTED_DIGEST):
		return "a certificate's signature algorithm is not supported";
	default:
		return code < 0 && code > SSL_ERROR_CONN_LOST ? axtls_alert_name(-code) : "unknown error";
	}
}

void ssl_display_error(int code)
{
#if defined(__unix__)
	if (code != SSL_OK) {
		printf("Error: %s\n", ssl_error_text(code));
	}
#else
	(void)code;
#endif
}

int ssl_get_config(int offset)
{
	switch (offset) {
	case SSL_BUILD_MODE:
		return SSL_BUILD_FULL_MODE;
	case SSL_MAX_CERT_CFG_OFFSET:
		return MAX_CERTIFICATES;
	case SSL_MAX_CA_CERT_CFG_OFFSET:
		return MAX_ANCHORS;
	case SSL_HAS_PEM:
		return 1;
	default:
		return 0;
	}
}

const char *ssl_version(void)
{
	return "axtls API 2.1, TLS 1.2";
}
