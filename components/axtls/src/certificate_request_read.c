/** CertificateRequest (RFC 5246 §7.4.4), read by a client, who picks a certificate that will do. */
#include "messages.h"
#include "reader.h"
#include "signature.h"

#define RSA_SIGN 1
#define ECDSA_SIGN 64

static axtls_error authorities_step(axtls_engine *engine, cursor *bytes)
{
	(void)bytes;
	/* Names of authorities are hints; with one certificate to choose from they are of no use */
	return engine->hs->read.need == 0 ? reader_finish(engine) : AXTLS_ERROR_NONE;
}

static axtls_error authorities_length_step(axtls_engine *engine, cursor *bytes)
{
	uint16_t length = cursor_u16(bytes);
	if (length != reader_left(engine)) {
		return AXTLS_ERROR_DECODE;
	}
	return length == 0 ? reader_finish(engine) : reader_stream(engine, length, authorities_step);
}

static axtls_error scheme_step(axtls_engine *engine, cursor *bytes)
{
	size_t row = scheme_find(cursor_u16(bytes));
	engine->hs->schemes_seen |= (uint16_t)(row == SCHEME_COUNT ? 0 : 1u << row);
	if (reader_left(engine) > 0) {
		return reader_want(engine, 2, scheme_step);
	}
	axtls_error error = reader_leave(engine);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 2, authorities_length_step);
}

static axtls_error types_step(axtls_engine *engine, cursor *bytes)
{
	while (bytes->left > 2) {
		uint8_t type = cursor_u8(bytes);
		engine->hs->key_types_seen |= (uint8_t)(type == RSA_SIGN ? BR_KEYTYPE_RSA : type == ECDSA_SIGN ? BR_KEYTYPE_EC : 0);
	}
	uint16_t length = cursor_u16(bytes);
	if (length < 2 || length % 2 != 0) {
		return AXTLS_ERROR_DECODE;
	}
	axtls_error error = reader_enter(engine, length);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 2, scheme_step);
}

static axtls_error types_length_step(axtls_engine *engine, cursor *bytes)
{
	uint8_t length = cursor_u8(bytes);
	return length == 0 ? AXTLS_ERROR_DECODE : reader_want(engine, length + 2u, types_step);
}

axtls_error read_certificate_request(axtls_engine *engine, uint32_t length)
{
	(void)length;
	engine->hs->client_asked = true;
	engine->hs->schemes_seen = 0;
	return reader_want(engine, 1, types_length_step);
}

axtls_error done_certificate_request(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	for (size_t i = 0; i < hs->identity_count && hs->identity == NULL; i++) {
		const axtls_identity *identity = &hs->identities[i];
		uint8_t key_type = identity->rsa != NULL ? BR_KEYTYPE_RSA : BR_KEYTYPE_EC;
		hs->scheme = signature_choose(engine->settings->crypto, identity, hs->schemes_seen);
		if ((hs->key_types_seen & key_type) != 0 && hs->scheme != SCHEME_NONE) {
			hs->identity = identity;
		}
	}
	return AXTLS_ERROR_NONE;
}
