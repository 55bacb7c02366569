/** ServerHello (RFC 5246 §7.4.1.3), read by a client: the choice must be one of what was offered. */
#include "extensions.h"
#include "keys.h"
#include "messages.h"
#include "reader.h"
#include <string.h>

static axtls_error session_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	axtls_session *session = &engine->session;
	uint8_t length = hs->server_id_length;
	const uint8_t *id = cursor_take(bytes, length);
	uint16_t id_of_suite = cursor_u16(bytes);
	uint8_t compression = cursor_u8(bytes);
	size_t row = suite_find(id_of_suite);

	if (row == SUITE_COUNT || (hs->suites_seen >> row & 1) == 0 || compression != 0) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	engine->resumed = length > 0 && length == hs->session_offer_length && memcmp(id, hs->session_offer, length) == 0;
	if (engine->resumed) {
		/* RFC 5246 §7.4.1.3: the session's own suite, nothing else. Its id stays what it was: beside a ticket we offered one
		 * of our own making */
		if (session->suite != id_of_suite) {
			return AXTLS_ERROR_ILLEGAL_PARAMETER;
		}
	} else {
		axtls_wipe(session, sizeof(*session));
		session->suite = id_of_suite;
		session->name_hash = hs->name_hash;
		if (length > 0) {
			memcpy(session->id, id, length);
		}
		session->id_length = length;
	}
	engine->version_known = true;
	return read_extensions(engine);
}

static axtls_error fixed_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	if (cursor_u16(bytes) != TLS12) {
		return AXTLS_ERROR_PROTOCOL_VERSION;
	}
	memcpy(hs->server_random, cursor_take(bytes, RANDOM_SIZE), RANDOM_SIZE);
	hs->server_id_length = cursor_u8(bytes);
	if (hs->server_id_length > AXTLS_SESSION_ID_SIZE) {
		return AXTLS_ERROR_DECODE;
	}
	return reader_want(engine, hs->server_id_length + 3u, session_step);
}

axtls_error read_server_hello(axtls_engine *engine, uint32_t length)
{
	(void)length;
	return reader_want(engine, 2 + RANDOM_SIZE + 1, fixed_step);
}

axtls_error done_server_hello(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	const axtls_settings *settings = engine->settings;
	uint16_t seen = hs->extensions_seen;

	if ((seen & EXT_RENEGOTIATION) == 0 && !settings->allow_legacy_server) {
		return AXTLS_ERROR_RENEGOTIATION_INFO;
	}
	if ((seen & EXT_ALPN) != 0) {
		if (hs->protocol_choice >= settings->protocol_count) {
			return AXTLS_ERROR_ILLEGAL_PARAMETER;
		}
		engine->protocol = settings->protocols[hs->protocol_choice];
	}
	/* RFC 8449 §5: a server must not answer with both */
	if ((seen & EXT_MAX_FRAGMENT) != 0 && (seen & EXT_RECORD_LIMIT) != 0) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	/* RFC 7366 §3: only for block ciphers */
	if ((seen & EXT_ENCRYPT_THEN_MAC) != 0) {
		if (keys_suite(engine)->cipher != CIPHER_CBC) {
			return AXTLS_ERROR_ILLEGAL_PARAMETER;
		}
		engine->encrypt_then_mac = true;
	}
	apply_limits(engine, (seen & EXT_MAX_FRAGMENT) != 0 ? hs->max_fragment : 0);
	hs->ticket_promised = (seen & EXT_TICKET) != 0;

	bool extended = (seen & EXT_EXTENDED_MASTER) != 0;
	if (!engine->resumed) {
		engine->session.extended_master_secret = extended;
		return AXTLS_ERROR_NONE;
	}
	/* RFC 7627 §5.3 */
	return extended ? keys_make_protections(engine) : AXTLS_ERROR_EXTENDED_MASTER_SECRET;
}
