/** ServerHello (RFC 5246 §7.4.1.3), written by a server: only extensions that the client sent are answered. */
#include "extensions.h"
#include "keys.h"
#include "messages.h"
#include "write.h"
#include <string.h>

static void put_protocol_name(axtls_engine *engine)
{
	put_vector_of(engine, 1, engine->protocol, strlen(engine->protocol));
}

static void put_protocol(axtls_engine *engine)
{
	put_vector(engine, 2, put_protocol_name);
}

static void put_extensions(axtls_engine *engine)
{
	const axtls_handshake *hs = engine->hs;
	uint16_t seen = hs->extensions_seen;

	if (hs->renegotiation_scsv || (seen & EXT_RENEGOTIATION) != 0) {
		put_extension(engine, WIRE_RENEGOTIATION, EXT_RENEGOTIATION, put_no_renegotiation_info);
	}
	if (engine->session.extended_master_secret) {
		put_extension(engine, WIRE_EXTENDED_MASTER, EXT_EXTENDED_MASTER, put_nothing);
	}
	if (engine->encrypt_then_mac) {
		put_extension(engine, WIRE_ENCRYPT_THEN_MAC, EXT_ENCRYPT_THEN_MAC, put_nothing);
	}
	if ((seen & EXT_RECORD_LIMIT) != 0) {
		put_extension(engine, WIRE_RECORD_LIMIT, EXT_RECORD_LIMIT, put_record_limit);
	} else if ((seen & EXT_MAX_FRAGMENT) != 0) {
		put_extension(engine, WIRE_MAX_FRAGMENT, EXT_MAX_FRAGMENT, put_max_fragment);
	}
	if ((seen & EXT_POINT_FORMATS) != 0 && keys_suite(engine)->ephemeral) {
		put_extension(engine, WIRE_POINT_FORMATS, EXT_POINT_FORMATS, put_point_formats);
	}
	if (engine->protocol != NULL) {
		put_extension(engine, WIRE_ALPN, EXT_ALPN, put_protocol);
	}
	if ((seen & EXT_SERVER_NAME) != 0 && !engine->resumed) {
		put_extension(engine, WIRE_SERVER_NAME, EXT_SERVER_NAME, put_nothing);
	}
	if (hs->ticket_promised) {
		put_extension(engine, WIRE_TICKET, EXT_TICKET, put_nothing);
	}
}

static bool has_extensions(const axtls_engine *engine)
{
	const axtls_handshake *hs = engine->hs;
	return hs->extensions_seen != 0 || hs->renegotiation_scsv;
}

static void put_body(axtls_engine *engine)
{
	const axtls_session *session = &engine->session;
	put_number(engine, TLS12, 2);
	put_bytes(engine, engine->hs->server_random, RANDOM_SIZE);
	put_vector_of(engine, 1, session->id, session->id_length);
	put_number(engine, session->suite, 2);
	put_number(engine, 0, 1); /* null compression */
	/* A client that sent none may not know that there is such a thing (RFC 5246 §7.4.1.4) */
	if (has_extensions(engine)) {
		put_vector(engine, 2, put_extensions);
	}
}

axtls_error write_server_hello(axtls_engine *engine, bool *more)
{
	(void)more;
	axtls_error error = write_message(engine, SERVER_HELLO, put_body);
	if (error == AXTLS_ERROR_NONE && engine->resumed) {
		error = keys_make_protections(engine);
	}
	return error;
}
