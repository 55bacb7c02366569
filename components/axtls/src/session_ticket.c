/** NewSessionTicket (RFC 5077 §3.3). */
#include "messages.h"
#include "reader.h"
#include "ticket.h"
#include "write.h"
#include <string.h>

static void put_body(axtls_engine *engine)
{
	const axtls_handshake *hs = engine->hs;
	put_number(engine, engine->settings->ticket_keys->lifetime, 4);
	put_vector_of(engine, 2, hs->signature, TICKET_SIZE);
}

axtls_error write_new_session_ticket(axtls_engine *engine, bool *more)
{
	axtls_handshake *hs = engine->hs;
	(void)more;

	hs->signature = tls_allocate(engine, TICKET_SIZE, AXTLS_MEMORY_HANDSHAKE);
	hs->signature_size = TICKET_SIZE;
	if (hs->signature == NULL) {
		return AXTLS_ERROR_MEMORY;
	}
	ticket_seal(engine, hs->signature);
	axtls_error error = write_message(engine, NEW_SESSION_TICKET, put_body);
	tls_release(engine, hs->signature, TICKET_SIZE, AXTLS_MEMORY_HANDSHAKE);
	hs->signature = NULL;
	return error;
}

static axtls_error data_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	size_t length = bytes->left;
	const uint8_t *data = cursor_take(bytes, length);

	if (engine->ticket != NULL) {
		memcpy(engine->ticket + engine->ticket_length - hs->read.need - length, data, length);
	}
	return hs->read.need == 0 ? reader_finish(engine) : AXTLS_ERROR_NONE;
}

static axtls_error header_step(axtls_engine *engine, cursor *bytes)
{
	cursor_number(bytes, 4); /* lifetime hint: the server will say no in time */
	uint16_t length = cursor_u16(bytes);
	if (length != reader_left(engine)) {
		return AXTLS_ERROR_DECODE;
	}
	/* A server may change its mind and give an empty one */
	if (length == 0) {
		return reader_finish(engine);
	}
	/* Without an extended master secret the session will not be taken up again; without memory for the ticket neither, but
	 * that is no reason to end it now */
	if (length <= AXTLS_MAX_TICKET && engine->session.extended_master_secret) {
		engine->ticket = tls_allocate(engine, length, AXTLS_MEMORY_CACHE);
		engine->ticket_length = engine->ticket == NULL ? 0 : length;
	}
	return reader_stream(engine, length, data_step);
}

axtls_error read_new_session_ticket(axtls_engine *engine, uint32_t length)
{
	(void)length;
	return reader_want(engine, 6, header_step);
}
