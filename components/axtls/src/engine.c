#include "internal.h"
#include "extensions.h"
#include "reader.h"
#include "record_out.h"
#include "states.h"
#include <string.h>

const uint16_t axtls_suites_basic[] = {0xCCA9, 0xCCA8, 0xC02B, 0xC02F, 0xC02C, 0xC030};
const size_t axtls_suites_basic_count = sizeof(axtls_suites_basic) / sizeof(axtls_suites_basic[0]);
const uint16_t axtls_suites_forward[] = {0xCCA9, 0xCCA8, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xC023,
										 0xC027, 0xC024, 0xC028, 0xC009, 0xC013, 0xC00A, 0xC014};
const size_t axtls_suites_forward_count = sizeof(axtls_suites_forward) / sizeof(axtls_suites_forward[0]);
const uint16_t axtls_suites_full[] = {0xCCA9, 0xCCA8, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xC023, 0xC027, 0xC024, 0xC028,
									  0xC009, 0xC013, 0xC00A, 0xC014, 0x009C, 0x009D, 0x003C, 0x003D, 0x002F, 0x0035};
const size_t axtls_suites_full_count = sizeof(axtls_suites_full) / sizeof(axtls_suites_full[0]);

void axtls_settings_init(axtls_settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->crypto = axtls_crypto_full();
	settings->memory = &axtls_memory_default;
	settings->suites = axtls_suites_forward;
	settings->suite_count = axtls_suites_forward_count;
	settings->output_fragment = 4096;
	settings->input_fragment = MAX_PLAINTEXT;
	settings->use_tickets = true;
}

void tls_random(axtls_engine *engine, void *data, size_t length)
{
	const br_prng_class **random = engine->settings->random;
	(*random)->generate(random, data, length);
}

uint32_t tls_time(const axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	return settings->time == NULL ? 0 : settings->time(settings->param);
}

static axtls_engine *engine_new(const axtls_settings *settings, void *connection_param, const tls_role *role, bool server)
{
	const axtls_memory *memory = settings->memory;
	if (settings->random == NULL || settings->suite_count == 0) {
		return NULL;
	}
	axtls_engine *engine = memory->allocate(memory->param, sizeof(axtls_engine), AXTLS_MEMORY_SESSION);
	if (engine == NULL) {
		return NULL;
	}
	memset(engine, 0, sizeof(*engine));
	engine->settings = settings;
	engine->param = connection_param;
	engine->role = role;
	engine->server = server;
	engine->alert_sent = engine->alert_received = AXTLS_ALERT_NONE;
	engine->input_limit = MAX_PLAINTEXT;
	engine->output_fragment = settings->output_fragment;
	axtls_handshake *hs = tls_allocate(engine, sizeof(axtls_handshake), AXTLS_MEMORY_HANDSHAKE);
	if (hs == NULL) {
		axtls_engine_free(engine);
		return NULL;
	}
	memset(hs, 0, sizeof(*hs));
	engine->hs = hs;
	hs->identities = settings->identities;
	hs->identity_count = settings->identity_count;
	hs->group = GROUP_NONE;
	hs->scheme = SCHEME_NONE;
	hs->protocol_choice = MAX_ALPN;
	transcript_init(&hs->hashes, settings->crypto);
	states_start(engine);
	return engine;
}

axtls_engine *axtls_client_new(const axtls_settings *settings, void *connection_param, const char *server_name,
							   const axtls_session *resume, const uint8_t *ticket, size_t ticket_length)
{
	if (settings->get_validator == NULL) {
		return NULL;
	}
	axtls_engine *engine = engine_new(settings, connection_param, &tls_client_role, false);
	if (engine == NULL) {
		return NULL;
	}
	axtls_handshake *hs = engine->hs;
	hs->server_name = server_name;
	if (server_name != NULL) {
		hs->name_hash = hash_name(server_name, strlen(server_name));
	}
	tls_random(engine, hs->client_random, RANDOM_SIZE);
	/* Without an extended master secret a session is not taken up again (RFC 7627 §5.3); and one with another server says
	 * nothing about this one's certificate */
	if (resume != NULL && resume->extended_master_secret && resume->name_hash == hs->name_hash &&
		resume->id_length <= AXTLS_SESSION_ID_SIZE && (resume->id_length > 0 || ticket_length > 0)) {
		engine->session = *resume;
		hs->session_offer_length = resume->id_length;
		memcpy(hs->session_offer, resume->id, sizeof(hs->session_offer));
		if (settings->use_tickets && ticket != NULL && ticket_length > 0 && ticket_length <= AXTLS_MAX_TICKET) {
			/* RFC 5077 §3.4: an id of our own, by which we see whether the server took the ticket */
			hs->ticket = ticket;
			hs->ticket_length = ticket_length;
			hs->session_offer_length = AXTLS_SESSION_ID_SIZE;
			tls_random(engine, hs->session_offer, AXTLS_SESSION_ID_SIZE);
		}
	}
	states_write(engine);
	hs = engine->hs;
	if (hs == NULL || engine->closed) {
		axtls_engine_free(engine);
		return NULL;
	}
	hs->ticket = NULL;
	return engine;
}

axtls_engine *axtls_server_new(const axtls_settings *settings, void *connection_param)
{
	if (settings->client_auth != AXTLS_CLIENT_AUTH_NONE && settings->get_validator == NULL) {
		return NULL;
	}
	return engine_new(settings, connection_param, &tls_server_role, true);
}

void tls_release_validator(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	if (hs->validator != NULL) {
		hs->validator = NULL;
		hs->peer_key = NULL;
		if (engine->settings->release_validator != NULL) {
			engine->settings->release_validator(engine->param, engine);
		}
	}
}

void tls_end_handshake(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	if (hs == NULL) {
		return;
	}
	tls_release_validator(engine);
	reader_release(engine);
	tls_release(engine, hs->signature, hs->signature_size, AXTLS_MEMORY_HANDSHAKE);
	protection_free(hs->next_in, engine->settings->memory);
	protection_free(hs->next_out, engine->settings->memory);
	engine->hs = NULL;
	tls_release(engine, hs, sizeof(*hs), AXTLS_MEMORY_HANDSHAKE);
}

void axtls_engine_free(axtls_engine *engine)
{
	if (engine == NULL) {
		return;
	}
	tls_end_handshake(engine);
	tls_release_input(engine);
	out_release(engine);
	protection_free(engine->in_keys, engine->settings->memory);
	protection_free(engine->out_keys, engine->settings->memory);
	tls_release(engine, engine->ticket, engine->ticket_length, AXTLS_MEMORY_CACHE);
	tls_release(engine, engine, sizeof(*engine), AXTLS_MEMORY_SESSION);
}

bool axtls_engine_is_server(const axtls_engine *engine)
{
	return engine->server;
}

bool axtls_engine_is_connected(const axtls_engine *engine)
{
	return engine->connected;
}

bool axtls_engine_is_peer_closed(const axtls_engine *engine)
{
	return engine->peer_closed;
}

bool axtls_engine_is_closed(const axtls_engine *engine)
{
	return engine->closed;
}

bool axtls_engine_is_resumed(const axtls_engine *engine)
{
	return engine->resumed;
}

axtls_error axtls_engine_get_error(const axtls_engine *engine)
{
	return (axtls_error)engine->error;
}

int axtls_engine_get_alert_sent(const axtls_engine *engine)
{
	return engine->alert_sent;
}

int axtls_engine_get_alert_received(const axtls_engine *engine)
{
	return engine->alert_received;
}

unsigned axtls_engine_get_certificate_error(const axtls_engine *engine)
{
	return engine->certificate_error;
}

uint16_t axtls_engine_get_suite(const axtls_engine *engine)
{
	return engine->version_known ? engine->session.suite : 0;
}

const char *axtls_engine_get_protocol(const axtls_engine *engine)
{
	return engine->protocol;
}

bool axtls_engine_has_extended_master_secret(const axtls_engine *engine)
{
	return engine->version_known && engine->session.extended_master_secret;
}

bool axtls_engine_is_peer_authenticated(const axtls_engine *engine)
{
	return engine->connected && engine->peer_authenticated;
}

uint16_t axtls_engine_get_output_fragment(const axtls_engine *engine)
{
	return engine->output_fragment;
}

bool axtls_engine_get_session(const axtls_engine *engine, axtls_session *session)
{
	const axtls_session *own = &engine->session;
	bool by_earlier_ticket = engine->resumed && !engine->server;
	if (!engine->connected || !own->extended_master_secret ||
		(own->id_length == 0 && engine->ticket_length == 0 && !by_earlier_ticket)) {
		return false;
	}
	*session = *own;
	return true;
}

size_t axtls_engine_get_session_id(const axtls_engine *engine, const uint8_t **id)
{
	*id = engine->session.id;
	return engine->version_known ? engine->session.id_length : 0;
}

size_t axtls_engine_get_ticket(const axtls_engine *engine, const uint8_t **ticket)
{
	*ticket = engine->ticket;
	return engine->connected ? engine->ticket_length : 0;
}

uint8_t *axtls_engine_take_ticket(axtls_engine *engine, size_t *length)
{
	uint8_t *ticket = NULL;
	*length = 0;
	if (engine->connected) {
		ticket = engine->ticket;
		*length = engine->ticket_length;
		engine->ticket = NULL;
		engine->ticket_length = 0;
	}
	return ticket;
}

void axtls_engine_set_identities(axtls_engine *engine, const axtls_identity *identities, size_t count)
{
	if (engine->hs != NULL) {
		engine->hs->identities = identities;
		engine->hs->identity_count = count;
	}
}
