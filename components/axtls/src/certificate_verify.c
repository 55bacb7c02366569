/** CertificateVerify (RFC 5246 §7.4.8): a client's proof that it has the key. */
#include "messages.h"
#include "reader.h"
#include "signature.h"
#include "write.h"

axtls_error write_certificate_verify(axtls_engine *engine, bool *more)
{
	axtls_handshake *hs = engine->hs;
	uint8_t hash[MAX_HASH];
	(void)more;

	size_t length = transcript_hash(&hs->hashes, scheme_table[hs->scheme].hash, hash);
	axtls_error error = signature_make(engine, hash, length);
	if (error == AXTLS_ERROR_NONE) {
		error = write_message(engine, CERTIFICATE_VERIFY, put_signature);
	}
	signature_release(engine);
	return error;
}

static axtls_error step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint8_t hash[MAX_HASH];
	const scheme *used;
	cursor signature;

	axtls_error error = signature_read(engine, bytes, &used, &signature);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	size_t length = transcript_hash(&hs->hashes, used->hash, hash);
	error = signature_verify(engine, used, hash, length, &signature);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	engine->peer_authenticated = true;
	tls_release_validator(engine);
	return reader_finish(engine);
}

axtls_error read_certificate_verify(axtls_engine *engine, uint32_t length)
{
	return reader_want(engine, length, step);
}
