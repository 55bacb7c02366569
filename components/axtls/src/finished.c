/** ChangeCipherSpec (RFC 5246 §7.1), written, and Finished (§7.4.9). */
#include "keys.h"
#include "messages.h"
#include "reader.h"
#include "record_out.h"
#include "write.h"

axtls_error write_change_cipher_spec(axtls_engine *engine, bool *more)
{
	static const uint8_t one = 1;
	axtls_handshake *hs = engine->hs;
	(void)more;

	if (hs->next_out == NULL) {
		return AXTLS_ERROR_INTERNAL;
	}
	axtls_error error = out_put(engine, RECORD_CCS, &one, 1);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	out_close_record(engine);
	protection_free(engine->out_keys, engine->settings->memory);
	engine->out_keys = hs->next_out;
	hs->next_out = NULL;
	return AXTLS_ERROR_NONE;
}

static void put_body(axtls_engine *engine)
{
	put_bytes(engine, engine->hs->verify_data, FINISHED_SIZE);
}

axtls_error write_finished(axtls_engine *engine, bool *more)
{
	(void)more;
	keys_finished(engine, engine->server, engine->hs->verify_data);
	return write_message(engine, FINISHED, put_body);
}

static axtls_error step(axtls_engine *engine, cursor *bytes)
{
	uint8_t expected[FINISHED_SIZE];
	keys_finished(engine, !engine->server, expected);
	if (!tls_equal(expected, cursor_take(bytes, FINISHED_SIZE), FINISHED_SIZE)) {
		return AXTLS_ERROR_BAD_FINISHED;
	}
	if (!engine->server && !engine->resumed && !keys_suite(engine)->ephemeral) {
		/* With RSA key exchange this is the server's proof */
		engine->peer_authenticated = true;
	}
	return reader_finish(engine);
}

axtls_error read_finished(axtls_engine *engine, uint32_t length)
{
	return length == FINISHED_SIZE ? reader_want(engine, FINISHED_SIZE, step) : AXTLS_ERROR_DECODE;
}
