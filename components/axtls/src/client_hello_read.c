/** ClientHello (RFC 5246 §7.4.1.2), read by a server: what the client can do is noted; server_choose.c decides. */
#include "choose.h"
#include "extensions.h"
#include "messages.h"
#include "reader.h"
#include <string.h>

/* RFC 5746 §3.3, RFC 7507 §2 */
#define EMPTY_RENEGOTIATION_INFO_SCSV 0x00FF
#define FALLBACK_SCSV 0x5600

static axtls_error compressions_step(axtls_engine *engine, cursor *bytes)
{
	bool found = false;
	while (bytes->left > 0) {
		if (cursor_u8(bytes) == 0) {
			found = true;
		}
	}
	/* RFC 5246 §7.4.1.2: the list MUST contain null */
	return found ? read_extensions(engine) : AXTLS_ERROR_ILLEGAL_PARAMETER;
}

static axtls_error compressions_length_step(axtls_engine *engine, cursor *bytes)
{
	uint8_t length = cursor_u8(bytes);
	return length == 0 ? AXTLS_ERROR_DECODE : reader_want(engine, length, compressions_step);
}

static axtls_error suite_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint16_t id = cursor_u16(bytes);
	size_t row = suite_find(id);

	if (row < SUITE_COUNT) {
		hs->suites_seen |= 1u << row;
	} else if (id == EMPTY_RENEGOTIATION_INFO_SCSV) {
		hs->renegotiation_scsv = true;
	} else if (id == FALLBACK_SCSV) {
		hs->fallback_scsv = true;
	}
	if (reader_left(engine) > 0) {
		return reader_want(engine, 2, suite_step);
	}
	axtls_error error = reader_leave(engine);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 1, compressions_length_step);
}

static axtls_error session_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	memcpy(hs->session_offer, cursor_take(bytes, hs->session_offer_length), hs->session_offer_length);
	uint16_t length = cursor_u16(bytes);
	if (length < 2 || length % 2 != 0) {
		return AXTLS_ERROR_DECODE;
	}
	axtls_error error = reader_enter(engine, length);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 2, suite_step);
}

static axtls_error fixed_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	hs->version_seen = cursor_u16(bytes);
	memcpy(hs->client_random, cursor_take(bytes, RANDOM_SIZE), RANDOM_SIZE);
	hs->session_offer_length = cursor_u8(bytes);
	if (hs->session_offer_length > AXTLS_SESSION_ID_SIZE) {
		return AXTLS_ERROR_DECODE;
	}
	return reader_want(engine, hs->session_offer_length + 2u, session_step);
}

axtls_error read_client_hello(axtls_engine *engine, uint32_t length)
{
	(void)length;
	return reader_want(engine, 2 + RANDOM_SIZE + 1, fixed_step);
}

axtls_error done_client_hello(axtls_engine *engine)
{
	return choose(engine);
}
