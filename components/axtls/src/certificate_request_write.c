/** CertificateRequest (RFC 5246 §7.4.4), written by a server. */
#include "extensions.h"
#include "messages.h"
#include "write.h"

/* ClientCertificateType (RFC 5246 §7.4.4, RFC 8422 §5.5) */
#define RSA_SIGN 1
#define ECDSA_SIGN 64

static void put_types(axtls_engine *engine)
{
	uint16_t mask = scheme_verify_mask(engine->settings->crypto);
	bool rsa = false, ec = false;
	for (size_t row = 0; row < SCHEME_COUNT; row++) {
		if ((mask >> row & 1) != 0) {
			rsa = rsa || scheme_key_type(&scheme_table[row]) == BR_KEYTYPE_RSA;
			ec = ec || scheme_key_type(&scheme_table[row]) == BR_KEYTYPE_EC;
		}
	}
	if (ec) {
		put_number(engine, ECDSA_SIGN, 1);
	}
	if (rsa) {
		put_number(engine, RSA_SIGN, 1);
	}
}

static void put_authorities(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	for (size_t i = 0; i < settings->authority_count; i++) {
		put_vector_of(engine, 2, settings->authorities[i].data, settings->authorities[i].length);
	}
}

static void put_body(axtls_engine *engine)
{
	put_vector(engine, 1, put_types);
	put_schemes(engine);
	put_vector(engine, 2, put_authorities);
}

axtls_error write_certificate_request(axtls_engine *engine, bool *more)
{
	(void)more;
	return write_message(engine, CERTIFICATE_REQUEST, put_body);
}
