#include "ticket.h"
#include <string.h>

void axtls_ticket_keys_init(axtls_ticket_keys *keys, uint32_t lifetime)
{
	memset(keys, 0, sizeof(*keys));
	keys->lifetime = lifetime;
}

void axtls_ticket_keys_wipe(axtls_ticket_keys *keys)
{
	axtls_wipe(keys, sizeof(*keys));
}

bool ticket_is_usable(const axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	return settings->ticket_keys != NULL && settings->client_auth == AXTLS_CLIENT_AUTH_NONE &&
		   settings->crypto->chacha20 != NULL && settings->crypto->poly1305 != NULL;
}

/** Turn over to a new key when the current one is old enough. */
static void rotate(axtls_engine *engine)
{
	axtls_ticket_keys *keys = engine->settings->ticket_keys;
	uint32_t now = tls_time(engine);

	if (keys->current.valid && now - keys->current.since < keys->lifetime) {
		return;
	}
	keys->previous = keys->current;
	/* After a long silence even the last key is too old */
	keys->previous.valid = keys->current.valid && now - keys->current.since < 2 * keys->lifetime;
	tls_random(engine, keys->current.name, sizeof(keys->current.name));
	tls_random(engine, keys->current.key, sizeof(keys->current.key));
	keys->current.since = now;
	keys->current.valid = true;
}

static void run(const axtls_engine *engine, const axtls_ticket_key *key, uint8_t *ticket, int encrypt,
				uint8_t tag[TICKET_TAG])
{
	const axtls_crypto *crypto = engine->settings->crypto;
	crypto->poly1305(key->key, ticket + TICKET_NAME, ticket + TICKET_NAME + TICKET_NONCE, TICKET_STATE, ticket,
					 TICKET_NAME, tag, crypto->chacha20, encrypt);
}

static void put32(uint8_t *data, uint32_t value)
{
	put16(data, value >> 16);
	put16(data + 2, value);
}

void ticket_seal(axtls_engine *engine, uint8_t ticket[TICKET_SIZE])
{
	const axtls_session *session = &engine->session;
	axtls_ticket_keys *keys = engine->settings->ticket_keys;
	uint8_t *state = ticket + TICKET_NAME + TICKET_NONCE;

	rotate(engine);
	memcpy(ticket, keys->current.name, TICKET_NAME);
	tls_random(engine, ticket + TICKET_NAME, TICKET_NONCE);
	/* A renewed one is as old as its session: nobody goes on for ever without a full handshake */
	put32(state, engine->resumed ? engine->hs->ticket_born : tls_time(engine));
	put16(state + 4, session->suite);
	put32(state + 6, (uint32_t)(session->name_hash >> 32));
	put32(state + 10, (uint32_t)session->name_hash);
	memcpy(state + 14, session->master, AXTLS_MASTER_SIZE);
	run(engine, &keys->current, ticket, 1, ticket + TICKET_SIZE - TICKET_TAG);
}

void ticket_open(axtls_engine *engine, const uint8_t ticket[TICKET_SIZE])
{
	axtls_ticket_keys *keys = engine->settings->ticket_keys;
	axtls_session *session = &engine->session;
	const axtls_ticket_key *key;
	uint8_t copy[TICKET_SIZE], tag[TICKET_TAG];

	rotate(engine);
	if (memcmp(ticket, keys->current.name, TICKET_NAME) == 0) {
		key = &keys->current;
	} else if (keys->previous.valid && memcmp(ticket, keys->previous.name, TICKET_NAME) == 0) {
		key = &keys->previous;
	} else {
		return;
	}
	memcpy(copy, ticket, TICKET_SIZE);
	run(engine, key, copy, 0, tag);
	if (tls_equal(tag, copy + TICKET_SIZE - TICKET_TAG, TICKET_TAG)) {
		cursor state = cursor_over(copy + TICKET_NAME + TICKET_NONCE, TICKET_STATE);
		uint32_t born = cursor_number(&state, 4);
		memset(session, 0, sizeof(*session));
		session->suite = cursor_u16(&state);
		uint64_t upper = cursor_number(&state, 4);
		session->name_hash = upper << 32 | cursor_number(&state, 4);
		memcpy(session->master, cursor_take(&state, AXTLS_MASTER_SIZE), AXTLS_MASTER_SIZE);
		session->extended_master_secret = true;
		engine->hs->ticket_born = born;
		engine->hs->ticket_resumed = tls_time(engine) - born < 2 * keys->lifetime;
		/* One that was sealed with the old key will soon be of no use: give a new one */
		engine->hs->ticket_renew = key == &keys->previous;
	}
	axtls_wipe(copy, sizeof(copy));
}
