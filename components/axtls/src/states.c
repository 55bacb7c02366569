/**
 * The state machine.
 *
 * A TLS 1.2 handshake is a dialogue in flights (RFC 5246 §7.3): one side says a few messages, then it is the other's
 * turn. A state is a point in this dialogue. The table below lists, state by state, what may be said there, under
 * which condition, and which state comes after. Nothing else decides about the order of messages.
 *
 * A state either reads or writes; its rows agree on that. In a state that reads, the row for the message that arrived
 * is looked up, and if there is none whose condition holds, the message is unexpected: the handshake fails. In a state
 * that writes, the first row whose condition holds is carried out. No input is taken meanwhile: what the peer says
 * while it is our turn is looked at when our flight is out (it may be its application data, sent right after its
 * Finished).
 *
 * ChangeCipherSpec is no handshake message (it has a content type of its own and is in no transcript), but its place
 * in the order is what protects the switch of keys, so it stands in the table like one. The reader is between two
 * messages when it comes (record_in.c sees to that), and the keys that it switches to exist then, because the only ways
 * to its rows lead over the messages that make them.
 *
 * HelloRequest may come to a client at any time and is ignored during a handshake (RFC 5246 §7.4.1.1); it is not
 * in the table. The conditions look at what the hellos settled and at CertificateRequest; each of these is known
 * before the first row that asks for it.
 *
 *   full handshake:                           resumption:
 *     client            server                  client            server
 *     ClientHello  ---------->                  ClientHello  ---------->
 *                       ServerHello                               ServerHello
 *                       Certificate                               NewSessionTicket?
 *                       ServerKeyExchange?                        ChangeCipherSpec
 *                       CertificateRequest?          <----------  Finished
 *          <----------  ServerHelloDone         ChangeCipherSpec
 *     Certificate?                              Finished     ---------->
 *     ClientKeyExchange
 *     CertificateVerify?
 *     ChangeCipherSpec
 *     Finished     ---------->
 *                       NewSessionTicket?
 *                       ChangeCipherSpec
 *          <----------  Finished
 *
 * When the last Finished is through, the handshake's memory is freed and the table's work is done. What comes later
 * (application data, alerts, requests to renegotiate, which are refused) is no dialogue and needs no states.
 */
#include "states.h"
#include "keys.h"
#include "messages.h"
#include "reader.h"
#include "record_out.h"

enum {
	C_START,
	C_HELLO,
	C_AGREED,
	C_CERTIFICATE,
	C_KEYS,
	C_ASKED,
	C_DONE,
	C_SEND_KEYS,
	C_SEND_VERIFY,
	C_SEND_CCS,
	C_SEND_FINISHED,
	C_SENT,
	C_TICKET,
	C_FINISHED,
	C_RESUME_CCS,
	C_RESUME_FINISHED,
	C_RESUME_SEND_CCS,
	C_RESUME_SEND_FINISHED,
	S_START,
	S_HELLO,
	S_AGREED,
	S_CERTIFICATE,
	S_KEYS,
	S_ASKED,
	S_DONE,
	S_PEER_CERTIFICATE,
	S_PEER_KEYS,
	S_PEER_VERIFIED,
	S_FINISHED,
	S_SEND_TICKET,
	S_SEND_CCS,
	S_SEND_FINISHED,
	S_RESUME_CCS,
	S_RESUME_FINISHED,
	S_RESUME_SENT,
	S_RESUME_PEER_FINISHED,
	CONNECTED,
};

static bool always(const axtls_engine *engine)
{
	(void)engine;
	return true;
}

static bool resumed(const axtls_engine *engine)
{
	return engine->resumed;
}

static bool full(const axtls_engine *engine)
{
	return !engine->resumed;
}

/** The server gives a ticket. */
static bool ticket(const axtls_engine *engine)
{
	return engine->hs->ticket_promised;
}

static bool no_ticket(const axtls_engine *engine)
{
	return !ticket(engine);
}

static bool resumed_ticket(const axtls_engine *engine)
{
	return engine->resumed && ticket(engine);
}

static bool resumed_no_ticket(const axtls_engine *engine)
{
	return engine->resumed && !ticket(engine);
}

/** The suite has an ephemeral key exchange. */
static bool ephemeral(const axtls_engine *engine)
{
	return keys_suite(engine)->ephemeral;
}

static bool rsa_exchange(const axtls_engine *engine)
{
	return !ephemeral(engine);
}

/** A certificate of the client is wanted. */
static bool asks(const axtls_engine *engine)
{
	return engine->hs->client_asked;
}

static bool does_not_ask(const axtls_engine *engine)
{
	return !asks(engine);
}

/** Client: it sent a certificate. */
static bool has_identity(const axtls_engine *engine)
{
	return engine->hs->identity != NULL;
}

/** Server: the client sent a certificate, so it must prove that it has the key. */
static bool peer_certificate(const axtls_engine *engine)
{
	return engine->hs->certificate_seen;
}

static bool no_peer_certificate(const axtls_engine *engine)
{
	return !peer_certificate(engine);
}

#define READ false
#define WRITE true

struct transition_ {
	uint8_t state;
	bool writes;
	uint16_t message;
	uint8_t next;
	bool (*when)(const axtls_engine *engine);
};

static const transition client_transitions[] = {
	{C_START, WRITE, CLIENT_HELLO, C_HELLO, always},
	{C_HELLO, READ, SERVER_HELLO, C_AGREED, always},
	{C_AGREED, READ, CERTIFICATE, C_CERTIFICATE, full},
	{C_AGREED, READ, NEW_SESSION_TICKET, C_RESUME_CCS, resumed_ticket},
	{C_AGREED, READ, CHANGE_CIPHER_SPEC, C_RESUME_FINISHED, resumed_no_ticket},
	{C_CERTIFICATE, READ, SERVER_KEY_EXCHANGE, C_KEYS, ephemeral},
	{C_CERTIFICATE, READ, CERTIFICATE_REQUEST, C_ASKED, rsa_exchange},
	{C_CERTIFICATE, READ, SERVER_HELLO_DONE, C_DONE, rsa_exchange},
	{C_KEYS, READ, CERTIFICATE_REQUEST, C_ASKED, always},
	{C_KEYS, READ, SERVER_HELLO_DONE, C_DONE, always},
	{C_ASKED, READ, SERVER_HELLO_DONE, C_DONE, always},
	{C_DONE, WRITE, CERTIFICATE, C_SEND_KEYS, asks},
	{C_DONE, WRITE, CLIENT_KEY_EXCHANGE, C_SEND_VERIFY, always},
	{C_SEND_KEYS, WRITE, CLIENT_KEY_EXCHANGE, C_SEND_VERIFY, always},
	{C_SEND_VERIFY, WRITE, CERTIFICATE_VERIFY, C_SEND_CCS, has_identity},
	{C_SEND_VERIFY, WRITE, CHANGE_CIPHER_SPEC, C_SEND_FINISHED, always},
	{C_SEND_CCS, WRITE, CHANGE_CIPHER_SPEC, C_SEND_FINISHED, always},
	{C_SEND_FINISHED, WRITE, FINISHED, C_SENT, always},
	{C_SENT, READ, NEW_SESSION_TICKET, C_TICKET, ticket},
	{C_SENT, READ, CHANGE_CIPHER_SPEC, C_FINISHED, no_ticket},
	{C_TICKET, READ, CHANGE_CIPHER_SPEC, C_FINISHED, always},
	{C_FINISHED, READ, FINISHED, CONNECTED, always},
	{C_RESUME_CCS, READ, CHANGE_CIPHER_SPEC, C_RESUME_FINISHED, always},
	{C_RESUME_FINISHED, READ, FINISHED, C_RESUME_SEND_CCS, always},
	{C_RESUME_SEND_CCS, WRITE, CHANGE_CIPHER_SPEC, C_RESUME_SEND_FINISHED, always},
	{C_RESUME_SEND_FINISHED, WRITE, FINISHED, CONNECTED, always},
};

static const transition server_transitions[] = {
	{S_START, READ, CLIENT_HELLO, S_HELLO, always},
	{S_HELLO, WRITE, SERVER_HELLO, S_AGREED, always},
	{S_AGREED, WRITE, NEW_SESSION_TICKET, S_RESUME_CCS, resumed_ticket},
	{S_AGREED, WRITE, CHANGE_CIPHER_SPEC, S_RESUME_FINISHED, resumed},
	{S_AGREED, WRITE, CERTIFICATE, S_CERTIFICATE, always},
	{S_CERTIFICATE, WRITE, SERVER_KEY_EXCHANGE, S_KEYS, ephemeral},
	{S_CERTIFICATE, WRITE, CERTIFICATE_REQUEST, S_ASKED, asks},
	{S_CERTIFICATE, WRITE, SERVER_HELLO_DONE, S_DONE, always},
	{S_KEYS, WRITE, CERTIFICATE_REQUEST, S_ASKED, asks},
	{S_KEYS, WRITE, SERVER_HELLO_DONE, S_DONE, always},
	{S_ASKED, WRITE, SERVER_HELLO_DONE, S_DONE, always},
	{S_DONE, READ, CERTIFICATE, S_PEER_CERTIFICATE, asks},
	{S_DONE, READ, CLIENT_KEY_EXCHANGE, S_PEER_KEYS, does_not_ask},
	{S_PEER_CERTIFICATE, READ, CLIENT_KEY_EXCHANGE, S_PEER_KEYS, always},
	{S_PEER_KEYS, READ, CERTIFICATE_VERIFY, S_PEER_VERIFIED, peer_certificate},
	{S_PEER_KEYS, READ, CHANGE_CIPHER_SPEC, S_FINISHED, no_peer_certificate},
	{S_PEER_VERIFIED, READ, CHANGE_CIPHER_SPEC, S_FINISHED, always},
	{S_FINISHED, READ, FINISHED, S_SEND_TICKET, always},
	{S_SEND_TICKET, WRITE, NEW_SESSION_TICKET, S_SEND_CCS, ticket},
	{S_SEND_TICKET, WRITE, CHANGE_CIPHER_SPEC, S_SEND_FINISHED, always},
	{S_SEND_CCS, WRITE, CHANGE_CIPHER_SPEC, S_SEND_FINISHED, always},
	{S_SEND_FINISHED, WRITE, FINISHED, CONNECTED, always},
	{S_RESUME_CCS, WRITE, CHANGE_CIPHER_SPEC, S_RESUME_FINISHED, always},
	{S_RESUME_FINISHED, WRITE, FINISHED, S_RESUME_SENT, always},
	{S_RESUME_SENT, READ, CHANGE_CIPHER_SPEC, S_RESUME_PEER_FINISHED, always},
	{S_RESUME_PEER_FINISHED, READ, FINISHED, CONNECTED, always},
};

/*
 * The longest messages that make sense, beyond which there is no point in listening. The small ones are gathered; the
 * others are taken apart as they come and need no memory, so that their limits are those of their fields.
 */
#define MAX_CLIENT_HELLO (65535 + 65534 + 325)
#define MAX_SERVER_HELLO (65535 + 72)
#define MAX_CERTIFICATE (10 * 65536) /* the validator looks at ten, of 64 KB each */
#define MAX_CERTIFICATE_REQUEST (65535 + 65534 + 260)
#define MAX_TICKET (65535 + 6)
#define MAX_SMALL (4 + MAX_POINT + 4 + MAX_SIGNATURE)

struct handler_ {
	uint16_t message;
	uint32_t max_length; /**< 0 for a message that only goes out, or has no contents */
	axtls_error (*read)(axtls_engine *engine, uint32_t length);
	axtls_error (*done)(axtls_engine *engine);
	axtls_error (*write)(axtls_engine *engine, bool *more);
};

static const handler client_handlers[] = {
	{CLIENT_HELLO, 0, NULL, NULL, write_client_hello},
	{SERVER_HELLO, MAX_SERVER_HELLO, read_server_hello, done_server_hello, NULL},
	{CERTIFICATE, MAX_CERTIFICATE, read_certificate, done_certificate, write_certificate},
	{SERVER_KEY_EXCHANGE, MAX_SMALL, read_server_key_exchange, NULL, NULL},
	{CERTIFICATE_REQUEST, MAX_CERTIFICATE_REQUEST, read_certificate_request, done_certificate_request, NULL},
	{SERVER_HELLO_DONE, 0, read_server_hello_done, NULL, NULL},
	{CLIENT_KEY_EXCHANGE, 0, NULL, NULL, write_client_key_exchange},
	{CERTIFICATE_VERIFY, 0, NULL, NULL, write_certificate_verify},
	{NEW_SESSION_TICKET, MAX_TICKET, read_new_session_ticket, NULL, NULL},
	{FINISHED, FINISHED_SIZE, read_finished, NULL, write_finished},
	{CHANGE_CIPHER_SPEC, 0, NULL, NULL, write_change_cipher_spec},
};

static const handler server_handlers[] = {
	{CLIENT_HELLO, MAX_CLIENT_HELLO, read_client_hello, done_client_hello, NULL},
	{SERVER_HELLO, 0, NULL, NULL, write_server_hello},
	{CERTIFICATE, MAX_CERTIFICATE, read_certificate, done_certificate, write_certificate},
	{SERVER_KEY_EXCHANGE, 0, NULL, NULL, write_server_key_exchange},
	{CERTIFICATE_REQUEST, 0, NULL, NULL, write_certificate_request},
	{SERVER_HELLO_DONE, 0, NULL, NULL, write_server_hello_done},
	{CLIENT_KEY_EXCHANGE, MAX_SMALL, read_client_key_exchange, done_client_key_exchange, NULL},
	{CERTIFICATE_VERIFY, MAX_SMALL, read_certificate_verify, NULL, NULL},
	{NEW_SESSION_TICKET, 0, NULL, NULL, write_new_session_ticket},
	{FINISHED, FINISHED_SIZE, read_finished, NULL, write_finished},
	{CHANGE_CIPHER_SPEC, 0, NULL, NULL, write_change_cipher_spec},
};

/** A server remembers the session for those who come back. */
static void server_connected(axtls_engine *engine)
{
	axtls_cache *cache = engine->settings->cache;
	if (engine->resumed && engine->hs->ticket_resumed) {
		/* The id was of the client's choice. It might be another's, who would lose its session if this connection failed */
		engine->session.id_length = 0;
	}
	if (!engine->resumed && cache != NULL && engine->session.id_length > 0 && engine->session.extended_master_secret) {
		axtls_cache_put(cache, &engine->session, tls_time(engine));
	}
}

/**
 * RFC 5246 §7.2.2: after a fatal alert the session must not be resumed. Before the peer proved that it is its own, it
 * has no say in that.
 */
static void server_failed(axtls_engine *engine)
{
	axtls_cache *cache = engine->settings->cache;
	if (engine->connected && cache != NULL && engine->session.id_length > 0) {
		axtls_cache_remove(cache, engine->session.id, engine->session.id_length);
	}
}

#define COUNT(array) (sizeof(array) / sizeof(array[0]))

const tls_role tls_client_role = {
	client_transitions, COUNT(client_transitions), client_handlers, client_extensions, CLIENT_EXTENSION_COUNT, C_START,
	NULL,				NULL,
};

const tls_role tls_server_role = {
	server_transitions, COUNT(server_transitions), server_handlers, server_extensions, SERVER_EXTENSION_COUNT, S_START,
	server_connected,	server_failed,
};

/** Every message in a role's transitions is in its handlers. */
static const handler *find_handler(const axtls_engine *engine, uint16_t message)
{
	const handler *h = engine->role->handlers;
	while (h->message != message) {
		h++;
	}
	return h;
}

/** Any message will do. */
#define ANY 0xFFFF

/** The first row of the current state, in this direction and for this message, whose condition holds. */
static const transition *find(const axtls_engine *engine, bool writes, uint16_t message)
{
	for (size_t i = 0; i < engine->role->transition_count; i++) {
		const transition *row = &engine->role->transitions[i];
		if (row->state == engine->hs->state && row->writes == writes && (message == ANY || row->message == message) &&
			row->when(engine)) {
			return row;
		}
	}
	return NULL;
}

void states_start(axtls_engine *engine)
{
	engine->hs->state = engine->role->start;
}

bool states_is_writing(const axtls_engine *engine)
{
	return engine->hs != NULL && find(engine, WRITE, ANY) != NULL;
}

bool states_is_reading(const axtls_engine *engine)
{
	return engine->hs != NULL && !states_is_writing(engine);
}

/** Go on to the next state; at the end of the dialogue the connection is up. */
static void enter(axtls_engine *engine, uint8_t state)
{
	engine->hs->state = state;
	if (state != CONNECTED) {
		return;
	}
	engine->connected = true;
	if (engine->role->connected != NULL) {
		engine->role->connected(engine);
	}
	tls_end_handshake(engine);
}

axtls_error states_begin_message(axtls_engine *engine, uint8_t type, uint32_t length)
{
	if (type == HELLO_REQUEST && !engine->server) {
		return read_hello_request(engine, length);
	}
	const transition *row = find(engine, READ, type);
	if (row == NULL) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	const handler *h = find_handler(engine, type);
	if (length > h->max_length) {
		return AXTLS_ERROR_DECODE;
	}
	return h->read(engine, length);
}

axtls_error states_end_message(axtls_engine *engine)
{
	uint8_t type = engine->hs->read.type;
	if (type == HELLO_REQUEST) {
		return AXTLS_ERROR_NONE;
	}
	/* Found again as it was found when the message began: nothing in between changes what the conditions look at
	 * but the hellos and CertificateRequest, whose rows are unconditional or depend on earlier messages only */
	const transition *row = find(engine, READ, type);
	const handler *h = find_handler(engine, type);
	if (row == NULL) {
		return AXTLS_ERROR_INTERNAL;
	}
	uint8_t next = row->next;
	axtls_error error = h->done == NULL ? AXTLS_ERROR_NONE : h->done(engine);
	if (error == AXTLS_ERROR_NONE) {
		enter(engine, next);
	}
	return error;
}

axtls_error states_change_cipher_spec(axtls_engine *engine)
{
	axtls_handshake *hs = engine->hs;
	const transition *row = hs == NULL ? NULL : find(engine, READ, CHANGE_CIPHER_SPEC);
	if (row == NULL) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	if (hs->next_in == NULL) {
		return AXTLS_ERROR_INTERNAL;
	}
	protection_free(engine->in_keys, engine->settings->memory);
	engine->in_keys = hs->next_in;
	hs->next_in = NULL;
	enter(engine, row->next);
	return AXTLS_ERROR_NONE;
}

void states_write(axtls_engine *engine)
{
	if (!states_is_writing(engine)) {
		return;
	}
	while (engine->hs != NULL && out_pending(engine) < OUT_PIECE) {
		const transition *row = find(engine, WRITE, ANY);
		if (row == NULL) {
			break;
		}
		bool more = false;
		axtls_error error = find_handler(engine, row->message)->write(engine, &more);
		if (error != AXTLS_ERROR_NONE) {
			tls_fail(engine, error);
			return;
		}
		if (!more) {
			enter(engine, row->next);
		}
	}
	out_close_record(engine);
}
