/**
 * Extensions of the peer's hello, as they come. Each row of the table starts the first step for one extension; the
 * steps end in end_extension(), which insists that all of it was used and goes on to the next.
 */
#include "extensions.h"
#include "reader.h"
#include "states.h"
#include "ticket.h"
#include <string.h>

static axtls_error end_extension(axtls_engine *engine);

/** Skip the rest of the extension. */
static axtls_error skip_step(axtls_engine *engine, cursor *bytes)
{
	(void)bytes;
	return engine->hs->read.need == 0 ? end_extension(engine) : AXTLS_ERROR_NONE;
}

static axtls_error skip(axtls_engine *engine)
{
	uint32_t left = reader_left(engine);
	return left == 0 ? end_extension(engine) : reader_stream(engine, left, skip_step);
}

/** An extension without contents. */
static axtls_error begin_empty(axtls_engine *engine)
{
	return end_extension(engine);
}

/** Length of a list that fills the extension. @param unit its elements' size; there is at least one */
static axtls_error check_list(const axtls_engine *engine, uint32_t length, uint32_t unit)
{
	return length == reader_left(engine) && length >= unit && length % unit == 0 ? AXTLS_ERROR_NONE
																				 : AXTLS_ERROR_DECODE;
}

/* server_name, RFC 6066 §3 */

static axtls_error name_header_step(axtls_engine *engine, cursor *bytes);

static axtls_error next_name(axtls_engine *engine)
{
	return reader_left(engine) == 0 ? end_extension(engine) : reader_want(engine, 3, name_header_step);
}

static axtls_error name_step(axtls_engine *engine, cursor *bytes)
{
	size_t length = bytes->left;
	const char *name = (const char *)cursor_take(bytes, length);
	const axtls_settings *settings = engine->settings;

	engine->hs->name_hash = hash_name(name, length);
	if (settings->server_name != NULL && !settings->server_name(engine->param, engine, name, length)) {
		return AXTLS_ERROR_UNRECOGNIZED_NAME;
	}
	return next_name(engine);
}

static axtls_error name_header_step(axtls_engine *engine, cursor *bytes)
{
	uint8_t type = cursor_u8(bytes);
	uint16_t length = cursor_u16(bytes);
	/* host_name is the only type there is, and it may come once */
	if (type != 0 || engine->hs->name_hash != 0) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	if (length == 0) {
		return AXTLS_ERROR_DECODE;
	}
	return length > MAX_HOST_NAME ? AXTLS_ERROR_UNRECOGNIZED_NAME : reader_want(engine, length, name_step);
}

static axtls_error name_list_step(axtls_engine *engine, cursor *bytes)
{
	axtls_error error = check_list(engine, cursor_u16(bytes), 1);
	return error != AXTLS_ERROR_NONE ? error : next_name(engine);
}

static axtls_error begin_server_name(axtls_engine *engine)
{
	return reader_want(engine, 2, name_list_step);
}

/* max_fragment_length, RFC 6066 §4 */

static axtls_error max_fragment_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint8_t code = cursor_u8(bytes);
	if (engine->server ? code < 1 || code > 4 : code != hs->max_fragment) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	hs->max_fragment = code;
	return end_extension(engine);
}

static axtls_error begin_max_fragment(axtls_engine *engine)
{
	return reader_want(engine, 1, max_fragment_step);
}

/* supported_groups and signature_algorithms: lists of 16-bit numbers, of which we note those we know */

static axtls_error numbers_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint16_t id = cursor_u16(bytes);
	if (hs->collecting_schemes) {
		size_t row = scheme_find(id);
		hs->schemes_seen |= (uint16_t)(row == SCHEME_COUNT ? 0 : 1u << row);
	} else {
		size_t row = group_find(id);
		hs->groups_seen |= (uint8_t)(row == GROUP_COUNT ? 0 : 1u << row);
	}
	return reader_left(engine) == 0 ? end_extension(engine) : reader_want(engine, 2, numbers_step);
}

static axtls_error numbers_list_step(axtls_engine *engine, cursor *bytes)
{
	axtls_error error = check_list(engine, cursor_u16(bytes), 2);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 2, numbers_step);
}

static axtls_error begin_groups(axtls_engine *engine)
{
	engine->hs->collecting_schemes = false;
	return reader_want(engine, 2, numbers_list_step);
}

static axtls_error begin_signatures(axtls_engine *engine)
{
	engine->hs->collecting_schemes = true;
	return reader_want(engine, 2, numbers_list_step);
}

/* ec_point_formats, RFC 8422 §5.1.2 */

static axtls_error point_formats_step(axtls_engine *engine, cursor *bytes)
{
	bool found = false;
	while (bytes->left > 0) {
		if (cursor_u8(bytes) == 0) {
			found = true;
		}
	}
	return found ? end_extension(engine) : AXTLS_ERROR_ILLEGAL_PARAMETER;
}

static axtls_error point_formats_list_step(axtls_engine *engine, cursor *bytes)
{
	uint8_t length = cursor_u8(bytes);
	axtls_error error = check_list(engine, length, 1);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, length, point_formats_step);
}

static axtls_error begin_point_formats(axtls_engine *engine)
{
	return reader_want(engine, 1, point_formats_list_step);
}

/* application_layer_protocol_negotiation, RFC 7301 */

static axtls_error protocol_length_step(axtls_engine *engine, cursor *bytes);

static axtls_error protocol_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	const axtls_settings *settings = engine->settings;
	size_t length = bytes->left;
	const uint8_t *name = cursor_take(bytes, length);

	for (size_t i = 0; i < settings->protocol_count && i < hs->protocol_choice; i++) {
		const char *own = settings->protocols[i];
		if (strlen(own) == length && memcmp(own, name, length) == 0) {
			hs->protocol_choice = (uint8_t)i;
		}
	}
	if (reader_left(engine) > 0) {
		/* §3.1: a server's list has exactly one */
		return engine->server ? reader_want(engine, 1, protocol_length_step) : AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	return end_extension(engine);
}

static axtls_error protocol_length_step(axtls_engine *engine, cursor *bytes)
{
	uint8_t length = cursor_u8(bytes);
	return length == 0 ? AXTLS_ERROR_DECODE : reader_want(engine, length, protocol_step);
}

static axtls_error protocol_list_step(axtls_engine *engine, cursor *bytes)
{
	axtls_error error = check_list(engine, cursor_u16(bytes), 1);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 1, protocol_length_step);
}

static axtls_error begin_alpn(axtls_engine *engine)
{
	return reader_want(engine, 2, protocol_list_step);
}

/* record_size_limit, RFC 8449 §4 */

static axtls_error record_limit_step(axtls_engine *engine, cursor *bytes)
{
	engine->hs->record_limit = cursor_u16(bytes);
	return engine->hs->record_limit < 64 ? AXTLS_ERROR_ILLEGAL_PARAMETER : end_extension(engine);
}

static axtls_error begin_record_limit(axtls_engine *engine)
{
	return reader_want(engine, 2, record_limit_step);
}

/* session_ticket, RFC 5077 §3.2: any bytes from a client; empty from a server */

static axtls_error ticket_step(axtls_engine *engine, cursor *bytes)
{
	ticket_open(engine, cursor_take(bytes, TICKET_SIZE));
	return end_extension(engine);
}

static axtls_error begin_ticket(axtls_engine *engine)
{
	/* All of ours have this size */
	return ticket_is_usable(engine) && reader_left(engine) == TICKET_SIZE
			   ? reader_want(engine, TICKET_SIZE, ticket_step)
			   : skip(engine);
}

/* supported_versions, RFC 8446 §4.2.1: a client that knows nothing but newer ones looks like one of TLS 1.2 without it */

static axtls_error versions_step(axtls_engine *engine, cursor *bytes)
{
	if (cursor_u16(bytes) == TLS12) {
		engine->hs->version_offered = true;
	}
	return reader_left(engine) == 0 ? end_extension(engine) : reader_want(engine, 2, versions_step);
}

static axtls_error versions_list_step(axtls_engine *engine, cursor *bytes)
{
	axtls_error error = check_list(engine, cursor_u8(bytes), 2);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 2, versions_step);
}

static axtls_error begin_versions(axtls_engine *engine)
{
	return reader_want(engine, 1, versions_list_step);
}

/* renegotiation_info, RFC 5746 §3.4, §3.6: empty in a first handshake */

static axtls_error renegotiation_step(axtls_engine *engine, cursor *bytes)
{
	if (cursor_u8(bytes) != 0) {
		return AXTLS_ERROR_RENEGOTIATION_INFO;
	}
	return end_extension(engine);
}

static axtls_error begin_renegotiation(axtls_engine *engine)
{
	return reader_want(engine, 1, renegotiation_step);
}

/* The block as a whole */

/** RFC 5246 §7.4.1.4.1: servers MUST NOT send it. */
static axtls_error refuse(axtls_engine *engine)
{
	(void)engine;
	return AXTLS_ERROR_UNSUPPORTED_EXTENSION;
}

const extension_row client_extensions[CLIENT_EXTENSION_COUNT] = {
	{WIRE_SERVER_NAME, EXT_SERVER_NAME, begin_empty}, /* a server only confirms */
	{WIRE_MAX_FRAGMENT, EXT_MAX_FRAGMENT, begin_max_fragment},
	{WIRE_GROUPS, EXT_GROUPS, skip}, /* not a server's to send, but some do */
	{WIRE_POINT_FORMATS, EXT_POINT_FORMATS, begin_point_formats},
	{WIRE_SIGNATURES, EXT_SIGNATURES, refuse},
	{WIRE_ALPN, EXT_ALPN, begin_alpn},
	{WIRE_ENCRYPT_THEN_MAC, EXT_ENCRYPT_THEN_MAC, begin_empty},
	{WIRE_EXTENDED_MASTER, EXT_EXTENDED_MASTER, begin_empty},
	{WIRE_RECORD_LIMIT, EXT_RECORD_LIMIT, begin_record_limit},
	{WIRE_TICKET, EXT_TICKET, begin_empty},
	{WIRE_RENEGOTIATION, EXT_RENEGOTIATION, begin_renegotiation},
};

const extension_row server_extensions[SERVER_EXTENSION_COUNT] = {
	{WIRE_SERVER_NAME, EXT_SERVER_NAME, begin_server_name},
	{WIRE_MAX_FRAGMENT, EXT_MAX_FRAGMENT, begin_max_fragment},
	{WIRE_GROUPS, EXT_GROUPS, begin_groups},
	{WIRE_POINT_FORMATS, EXT_POINT_FORMATS, begin_point_formats},
	{WIRE_SIGNATURES, EXT_SIGNATURES, begin_signatures},
	{WIRE_ALPN, EXT_ALPN, begin_alpn},
	{WIRE_ENCRYPT_THEN_MAC, EXT_ENCRYPT_THEN_MAC, begin_empty},
	{WIRE_EXTENDED_MASTER, EXT_EXTENDED_MASTER, begin_empty},
	{WIRE_RECORD_LIMIT, EXT_RECORD_LIMIT, begin_record_limit},
	{WIRE_TICKET, EXT_TICKET, begin_ticket},
	{WIRE_VERSIONS, EXT_VERSIONS, begin_versions},
	{WIRE_RENEGOTIATION, EXT_RENEGOTIATION, begin_renegotiation},
};

static axtls_error header_step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint16_t wire = cursor_u16(bytes);
	axtls_error error = reader_enter(engine, cursor_u16(bytes));

	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	for (size_t i = 0; i < engine->role->extension_count; i++) {
		const extension_row *row = &engine->role->extensions[i];
		if (row->wire != wire) {
			continue;
		}
		if ((hs->extensions_seen & row->bit) != 0) {
			/* RFC 5246 §7.4.1.4: no two of the same type */
			return AXTLS_ERROR_ILLEGAL_PARAMETER;
		}
		hs->extensions_seen |= row->bit;
		if (!engine->server && (hs->extensions_sent & row->bit) == 0) {
			return AXTLS_ERROR_UNSUPPORTED_EXTENSION;
		}
		return row->begin(engine);
	}
	return engine->server ? skip(engine) : AXTLS_ERROR_UNSUPPORTED_EXTENSION;
}

static axtls_error next_extension(axtls_engine *engine)
{
	if (reader_left(engine) > 0) {
		return reader_want(engine, 4, header_step);
	}
	axtls_error error = reader_leave(engine);
	return error != AXTLS_ERROR_NONE ? error : reader_finish(engine);
}

static axtls_error end_extension(axtls_engine *engine)
{
	axtls_error error = reader_leave(engine);
	return error != AXTLS_ERROR_NONE ? error : next_extension(engine);
}

static axtls_error block_step(axtls_engine *engine, cursor *bytes)
{
	axtls_error error = reader_enter(engine, cursor_u16(bytes));
	return error != AXTLS_ERROR_NONE ? error : next_extension(engine);
}

axtls_error read_extensions(axtls_engine *engine)
{
	return reader_left(engine) == 0 ? reader_finish(engine) : reader_want(engine, 2, block_step);
}
