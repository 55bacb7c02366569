/**
 * Certificate (RFC 5246 §7.4.2, §7.4.6): the chain runs through the validator as it arrives and is not kept.
 */
#include "keys.h"
#include "messages.h"
#include "reader.h"

static axtls_error length_step(axtls_engine *engine, cursor *bytes);

static axtls_error next_certificate(axtls_engine *engine)
{
	if (reader_left(engine) > 0) {
		return reader_want(engine, 3, length_step);
	}
	axtls_error error = reader_leave(engine);
	return error != AXTLS_ERROR_NONE ? error : reader_finish(engine);
}

static axtls_error data_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	size_t length = bytes->left;

	(*hs->validator)->append(hs->validator, cursor_take(bytes, length), length);
	if (hs->read.need > 0) {
		return AXTLS_ERROR_NONE;
	}
	(*hs->validator)->end_cert(hs->validator);
	return next_certificate(engine);
}

static axtls_error length_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint32_t length = cursor_number(bytes, 3);
	if (length == 0) {
		return AXTLS_ERROR_DECODE;
	}
	axtls_error error = reader_stream(engine, length, data_step);
	if (error == AXTLS_ERROR_NONE) {
		hs->certificate_seen = true;
		(*hs->validator)->start_cert(hs->validator, length);
	}
	return error;
}

static axtls_error list_step(axtls_engine *engine, cursor *bytes)
{
	axtls_error error = reader_enter(engine, cursor_number(bytes, 3));
	return error != AXTLS_ERROR_NONE ? error : next_certificate(engine);
}

axtls_error read_certificate(axtls_engine *engine, uint32_t length)
{
	axtls_handshake *hs = engine->hs;
	(void)length;
	hs->validator = engine->settings->get_validator(engine->param, engine);
	if (hs->validator == NULL) {
		return AXTLS_ERROR_MEMORY;
	}
	(*hs->validator)->start_chain(hs->validator, engine->server ? NULL : hs->server_name);
	return reader_want(engine, 3, list_step);
}

/** The key must be able to do what it is wanted for. */
static bool key_suits(const axtls_engine *engine, const br_x509_pkey *key, unsigned usages)
{
	const axtls_crypto *crypto = engine->settings->crypto;
	const suite *s = keys_suite(engine);
	bool signs = engine->server || s->ephemeral;

	if (!engine->server && key->key_type != s->key_type) {
		return false;
	}
	if ((usages & (signs ? BR_KEYTYPE_SIGN : BR_KEYTYPE_KEYX)) == 0) {
		return false;
	}
	if (key->key_type == BR_KEYTYPE_EC) {
		return crypto->ec != NULL && key->key.ec.curve < 32 &&
			   (crypto->ec->supported_curves >> key->key.ec.curve & 1) != 0;
	}
	return key->key_type == BR_KEYTYPE_RSA && key->key.rsa.nlen <= MAX_SIGNATURE;
}

axtls_error done_certificate(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;

	if (!hs->certificate_seen) {
		tls_release_validator(engine);
		if (!engine->server) {
			return AXTLS_ERROR_DECODE;
		}
		return engine->settings->client_auth == AXTLS_CLIENT_AUTH_REQUIRE ? AXTLS_ERROR_NO_CERTIFICATE
																		  : AXTLS_ERROR_NONE;
	}
	unsigned result = (*hs->validator)->end_chain(hs->validator);
	if (result != 0) {
		engine->certificate_error = (uint16_t)result;
		return AXTLS_ERROR_CERTIFICATE;
	}
	unsigned usages = 0;
	hs->peer_key = (*hs->validator)->get_pkey((const br_x509_class *const *)hs->validator, &usages);
	return hs->peer_key != NULL && key_suits(engine, hs->peer_key, usages) ? AXTLS_ERROR_NONE
																		   : AXTLS_ERROR_CERTIFICATE_TYPE;
}
