/** ClientHello (RFC 5246 §7.4.1.2), written by a client. */
#include "extensions.h"
#include "messages.h"
#include "write.h"
#include <string.h>

static bool is_offered(const axtls_engine *engine, uint16_t id)
{
	size_t row = suite_find(id);
	if (row == SUITE_COUNT || !suite_is_available(&suite_table[row], engine->settings->crypto)) {
		return false;
	}
	const suite *s = &suite_table[row];
	if (!s->ephemeral) {
		return engine->settings->crypto->rsa_public != NULL;
	}
	/* Somebody's signature must be verified */
	uint16_t schemes = scheme_verify_mask(engine->settings->crypto);
	for (size_t i = 0; i < SCHEME_COUNT; i++) {
		if ((schemes >> i & 1) != 0 && scheme_key_type(&scheme_table[i]) == s->key_type) {
			return true;
		}
	}
	return false;
}

static void put_suites(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	for (size_t i = 0; i < settings->suite_count; i++) {
		if (is_offered(engine, settings->suites[i])) {
			engine->hs->suites_seen |= 1u << suite_find(settings->suites[i]);
			put_number(engine, settings->suites[i], 2);
		}
	}
}

static void put_host_name(axtls_engine *engine)
{
	put_number(engine, 0, 1); /* host_name */
	put_vector_of(engine, 2, engine->hs->server_name, strlen(engine->hs->server_name));
}

static void put_server_name(axtls_engine *engine)
{
	put_vector(engine, 2, put_host_name);
}

static void put_group_list(axtls_engine *engine)
{
	uint8_t mask = group_mask(engine->settings->crypto);
	for (size_t row = 0; row < GROUP_COUNT; row++) {
		/* The server may take any of them, for its certificate as well as for the key exchange (RFC 8422 §5.1) */
		if ((mask >> row & 1) != 0) {
			put_number(engine, group_table[row].id, 2);
		}
	}
}

static void put_groups(axtls_engine *engine)
{
	put_vector(engine, 2, put_group_list);
}

static void put_protocol_names(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	for (size_t i = 0; i < settings->protocol_count; i++) {
		put_vector_of(engine, 1, settings->protocols[i], strlen(settings->protocols[i]));
	}
}

static void put_protocols(axtls_engine *engine)
{
	put_vector(engine, 2, put_protocol_names);
}

static void put_ticket(axtls_engine *engine)
{
	put_bytes(engine, engine->hs->ticket, engine->hs->ticket_length);
}

/** An address is no host name (RFC 6066 §3): digits and dots only, or a colon somewhere. */
static bool is_host_name(const char *name)
{
	bool letters = false;
	for (const char *c = name; *c != 0; c++) {
		if (*c == ':') {
			return false;
		}
		letters = letters || ((*c < '0' || *c > '9') && *c != '.');
	}
	return letters;
}

static void put_extensions(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	axtls_handshake *hs = engine->hs;

	if (hs->server_name != NULL && is_host_name(hs->server_name)) {
		put_extension(engine, WIRE_SERVER_NAME, EXT_SERVER_NAME, put_server_name);
	}
	put_extension(engine, WIRE_RENEGOTIATION, EXT_RENEGOTIATION, put_no_renegotiation_info);
	put_extension(engine, WIRE_EXTENDED_MASTER, EXT_EXTENDED_MASTER, put_nothing);
	if (settings->crypto->ec != NULL) {
		put_extension(engine, WIRE_GROUPS, EXT_GROUPS, put_groups);
		put_extension(engine, WIRE_POINT_FORMATS, EXT_POINT_FORMATS, put_point_formats);
	}
	put_extension(engine, WIRE_SIGNATURES, EXT_SIGNATURES, put_schemes);
	put_extension(engine, WIRE_ENCRYPT_THEN_MAC, EXT_ENCRYPT_THEN_MAC, put_nothing);
	if (settings->protocol_count > 0) {
		put_extension(engine, WIRE_ALPN, EXT_ALPN, put_protocols);
	}
	if (settings->input_fragment < MAX_PLAINTEXT) {
		hs->max_fragment = max_fragment_code(settings->input_fragment);
		if (hs->max_fragment != 0) {
			put_extension(engine, WIRE_MAX_FRAGMENT, EXT_MAX_FRAGMENT, put_max_fragment);
		}
		put_extension(engine, WIRE_RECORD_LIMIT, EXT_RECORD_LIMIT, put_record_limit);
	}
	if (settings->use_tickets) {
		put_extension(engine, WIRE_TICKET, EXT_TICKET, put_ticket);
	}
}

static void put_body(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	put_number(engine, TLS12, 2);
	put_bytes(engine, hs->client_random, RANDOM_SIZE);
	put_vector_of(engine, 1, hs->session_offer, hs->session_offer_length);
	put_vector(engine, 2, put_suites);
	put_vector_of(engine, 1, "", 1); /* null compression */
	put_vector(engine, 2, put_extensions);
}

axtls_error write_client_hello(axtls_engine *engine, bool *more)
{
	(void)more;
	axtls_error error = write_message(engine, CLIENT_HELLO, put_body);
	return error == AXTLS_ERROR_NONE && engine->hs->suites_seen == 0 ? AXTLS_ERROR_CONFIGURATION : error;
}
