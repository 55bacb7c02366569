#include "choose.h"
#include "extensions.h"
#include "keys.h"
#include "signature.h"
#include "ticket.h"
#include <string.h>

static bool is_configured(const axtls_settings *settings, uint16_t id)
{
	for (size_t i = 0; i < settings->suite_count; i++) {
		if (settings->suites[i] == id) {
			return true;
		}
	}
	return false;
}

static bool has_cookie_of_ours(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	const axtls_handshake *hs = engine->hs;
	if (hs->ticket_resumed) {
		return true;
	}
	return settings->cache != NULL && hs->session_offer_length > 0 &&
		   axtls_cache_get(settings->cache, hs->session_offer, hs->session_offer_length, tls_time(engine),
						   &engine->session);
}

/**
 * Take up a session if client and server still agree on all that it stands for. A client certificate is in no
 * session, so a server that asks for one always makes a full handshake.
 */
static axtls_error try_resumption(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	axtls_session *session = &engine->session;
	size_t row;

	if (engine->settings->client_auth != AXTLS_CLIENT_AUTH_NONE || !has_cookie_of_ours(engine)) {
		return AXTLS_ERROR_NONE;
	}
	row = suite_find(session->suite);
	if (row == SUITE_COUNT || (hs->suites_seen >> row & 1) == 0 || !is_configured(engine->settings, session->suite) ||
		!suite_is_available(&suite_table[row], engine->settings->crypto) || session->name_hash != hs->name_hash ||
		!session->extended_master_secret) {
		return AXTLS_ERROR_NONE;
	}
	if ((hs->extensions_seen & EXT_EXTENDED_MASTER) == 0) {
		/* RFC 7627 §5.3: the session had it, so the client must still have it */
		return AXTLS_ERROR_EXTENDED_MASTER_SECRET;
	}
	engine->resumed = true;
	hs->ticket_promised = hs->ticket_resumed && hs->ticket_renew;
	memcpy(session->id, hs->session_offer, sizeof(session->id));
	session->id_length = hs->session_offer_length;
	return AXTLS_ERROR_NONE;
}

/** A group for the key exchange that both have; GROUP_NONE if there is none. */
static uint8_t choose_group(const axtls_engine *engine)
{
	unsigned common = group_mask(engine->settings->crypto) & engine->hs->groups_seen;
	uint8_t row = 0;
	while (row < GROUP_COUNT && (common >> row & 1) == 0) {
		row++;
	}
	return row;
}

static bool identity_suits(const axtls_engine *engine, const axtls_identity *identity, const suite *s)
{
	const axtls_crypto *crypto = engine->settings->crypto;
	if (s->key_type == BR_KEYTYPE_RSA) {
		return identity->rsa != NULL && (s->ephemeral || crypto->rsa_private != NULL);
	}
	if (identity->ec == NULL) {
		return false;
	}
	/* RFC 8422 §5.1: the groups that the client lists hold for the certificate, too */
	size_t row = group_find((uint16_t)identity->ec->curve);
	return row < GROUP_COUNT && (engine->hs->groups_seen >> row & 1) != 0;
}

static bool try_suite(axtls_engine *engine, const suite *s)
{
	axtls_handshake *hs = engine->hs;
	uint8_t group_row = choose_group(engine);

	if (s->ephemeral && group_row == GROUP_NONE) {
		return false;
	}
	for (size_t i = 0; i < hs->identity_count; i++) {
		const axtls_identity *identity = &hs->identities[i];
		if (!identity_suits(engine, identity, s)) {
			continue;
		}
		uint8_t scheme_row = signature_choose(engine->settings->crypto, identity, hs->schemes_seen);
		if (s->ephemeral && scheme_row == SCHEME_NONE) {
			continue;
		}
		hs->identity = identity;
		hs->group = group_row;
		hs->scheme = scheme_row;
		return true;
	}
	return false;
}

static axtls_error choose_suite(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	for (size_t i = 0; i < settings->suite_count; i++) {
		size_t row = suite_find(settings->suites[i]);
		if (row < SUITE_COUNT && (engine->hs->suites_seen >> row & 1) != 0 &&
			suite_is_available(&suite_table[row], settings->crypto) && try_suite(engine, &suite_table[row])) {
			engine->session.suite = settings->suites[i];
			return AXTLS_ERROR_NONE;
		}
	}
	return AXTLS_ERROR_NO_COMMON_SUITE;
}

static axtls_error new_session(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	axtls_session *session = &engine->session;

	memset(session, 0, sizeof(*session));
	axtls_error error = choose_suite(engine);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	session->extended_master_secret = (hs->extensions_seen & EXT_EXTENDED_MASTER) != 0;
	session->name_hash = hs->name_hash;
	hs->client_asked = engine->settings->client_auth != AXTLS_CLIENT_AUTH_NONE;

	/* What cannot be resumed anyway gets no id and no ticket */
	if (session->extended_master_secret && !hs->client_asked) {
		hs->ticket_promised = (hs->extensions_seen & EXT_TICKET) != 0 && ticket_is_usable(engine);
		if (!hs->ticket_promised && engine->settings->cache != NULL && engine->settings->cache->count > 0) {
			session->id_length = AXTLS_SESSION_ID_SIZE;
			tls_random(engine, session->id, AXTLS_SESSION_ID_SIZE);
		}
	}
	return AXTLS_ERROR_NONE;
}

static axtls_error choose_protocol(axtls_engine *engine)
{
	const axtls_settings *settings = engine->settings;
	axtls_handshake *hs = engine->hs;
	if ((hs->extensions_seen & EXT_ALPN) == 0 || settings->protocol_count == 0) {
		return AXTLS_ERROR_NONE;
	}
	if (hs->protocol_choice >= settings->protocol_count) {
		return AXTLS_ERROR_NO_PROTOCOL;
	}
	engine->protocol = settings->protocols[hs->protocol_choice];
	return AXTLS_ERROR_NONE;
}

axtls_error choose(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;

	if (hs->version_seen < TLS12) {
		return hs->fallback_scsv ? AXTLS_ERROR_FALLBACK : AXTLS_ERROR_PROTOCOL_VERSION;
	}
	engine->version_known = true;
	if ((hs->extensions_seen & EXT_VERSIONS) != 0 && !hs->version_offered) {
		return AXTLS_ERROR_PROTOCOL_VERSION;
	}
	if ((hs->extensions_seen & EXT_GROUPS) == 0) {
		/* RFC 8422 §4: then any may be used; P-256 is the one that everybody has */
		hs->groups_seen = 1u << GROUP_P256;
	}
	/* Without signature_algorithms RFC 5246 §7.4.1.4.1 would have us sign with SHA-1. RFC 9155 §4 forbids it, so
	 * nothing can be signed; RSA key exchange is still possible */
	axtls_error error = try_resumption(engine);
	if (error == AXTLS_ERROR_NONE && !engine->resumed) {
		error = new_session(engine);
	}
	if (error == AXTLS_ERROR_NONE) {
		error = choose_protocol(engine);
	}
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	engine->encrypt_then_mac =
		keys_suite(engine)->cipher == CIPHER_CBC && (hs->extensions_seen & EXT_ENCRYPT_THEN_MAC) != 0;
	apply_limits(engine, hs->max_fragment);
	tls_random(engine, hs->server_random, RANDOM_SIZE);
	return AXTLS_ERROR_NONE;
}
