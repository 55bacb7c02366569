/* Connections, and what is to be known of them. */
#include <stdlib.h>
#include <string.h>

#include "shim_parts.h"

static shim_connection *connection_new(shim_settings *s)
{
	shim_connection *c = calloc(1, sizeof(*c));
	c->owner = s;
	return c;
}

shim_connection *shim_client(shim_settings *s, const char *name, const uint8_t *session, size_t session_length,
							 const uint8_t *ticket, size_t ticket_length)
{
	shim_connection *c = connection_new(s);
	axtls_session resume;
	if (session_length == sizeof(resume)) {
		memcpy(&resume, session, sizeof(resume));
	}
	strcpy(c->name, name);
	c->engine = axtls_client_new(&s->settings, c, name[0] == 0 ? NULL : c->name,
								 session_length == sizeof(resume) ? &resume : NULL, ticket, ticket_length);
	if (c->engine == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

shim_connection *shim_server(shim_settings *s)
{
	shim_connection *c = connection_new(s);
	c->engine = axtls_server_new(&s->settings, c);
	if (c->engine == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

void shim_free(shim_connection *c)
{
	axtls_engine_free(c->engine);
	free(c);
}

size_t shim_feed(shim_connection *c, const uint8_t *data, size_t length)
{
	/* A copy of the exact size, so that a sanitizer sees reads beyond it, and plaintext that was left in it. Both ways of
	 * feeding have to come to the same: pieces of odd lengths are opened in place. */
	uint8_t *copy = malloc(length);
	size_t used;
	memcpy(copy, data, length);
	if (length % 2 == 1) {
		used = axtls_engine_feed_in_place(c->engine, copy, length);
		axtls_engine_keep_input(c->engine);
	} else {
		used = axtls_engine_feed(c->engine, copy, length);
	}
	free(copy);
	return used;
}

size_t shim_output(shim_connection *c, uint8_t *data, size_t length)
{
	const uint8_t *waiting;
	size_t count = axtls_engine_peek_output(c->engine, &waiting);
	count = count < length ? count : length;
	if (count > 0) {
		memcpy(data, waiting, count);
		axtls_engine_consume_output(c->engine, count);
	}
	return count;
}

size_t shim_input(shim_connection *c, uint8_t *data, size_t length)
{
	const uint8_t *waiting;
	size_t count = axtls_engine_peek_input(c->engine, &waiting);
	count = count < length ? count : length;
	if (count > 0) {
		memcpy(data, waiting, count);
		axtls_engine_consume_input(c->engine, count);
	}
	return count;
}

size_t shim_write(shim_connection *c, const uint8_t *data, size_t length)
{
	shim_remember(c->engine, data, length);
	return axtls_engine_write(c->engine, data, length);
}

void shim_flush(shim_connection *c)
{
	axtls_engine_flush(c->engine);
}

void shim_close(shim_connection *c)
{
	axtls_engine_close(c->engine);
}

void shim_abort(shim_connection *c, int alert)
{
	axtls_engine_abort(c->engine, (axtls_alert)alert);
}

void shim_get_state(shim_connection *c, shim_state *state)
{
	const axtls_engine *e = c->engine;
	state->connected = axtls_engine_is_connected(e);
	state->peer_closed = axtls_engine_is_peer_closed(e);
	state->closed = axtls_engine_is_closed(e);
	state->resumed = axtls_engine_is_resumed(e);
	state->extended_master_secret = axtls_engine_has_extended_master_secret(e);
	state->peer_authenticated = axtls_engine_is_peer_authenticated(e);
	state->error = axtls_engine_get_error(e);
	state->alert_sent = axtls_engine_get_alert_sent(e);
	state->alert_received = axtls_engine_get_alert_received(e);
	state->certificate_error = axtls_engine_get_certificate_error(e);
	state->suite = axtls_engine_get_suite(e);
	state->output_fragment = axtls_engine_get_output_fragment(e);
	state->protocol = axtls_engine_get_protocol(e);
	state->served_name = c->served_name;
}

const char *shim_error_name(int error)
{
	return axtls_error_name((axtls_error)error);
}

const char *shim_alert_name(int alert)
{
	return alert < 0 ? "" : axtls_alert_name(alert);
}

size_t shim_get_session(shim_connection *c, uint8_t *data, size_t length)
{
	axtls_session session;
	if (length < sizeof(session) || !axtls_engine_get_session(c->engine, &session)) {
		return 0;
	}
	memcpy(data, &session, sizeof(session));
	return sizeof(session);
}

size_t shim_get_ticket(shim_connection *c, uint8_t *data, size_t length)
{
	const uint8_t *ticket;
	size_t count = axtls_engine_get_ticket(c->engine, &ticket);
	if (count > length) {
		return 0;
	}
	if (count > 0) {
		memcpy(data, ticket, count);
	}
	return count;
}

size_t shim_take_ticket(shim_connection *c, uint8_t *data, size_t length)
{
	size_t count;
	uint8_t *ticket = axtls_engine_take_ticket(c->engine, &count);
	if (ticket == NULL || count > length) {
		return 0;
	}
	memcpy(data, ticket, count);
	axtls_wipe(ticket, count);
	shim_memory.release(NULL, ticket, count, AXTLS_MEMORY_CACHE);
	return count;
}
