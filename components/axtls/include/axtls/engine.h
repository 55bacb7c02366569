/**
 * axtls/engine.h: a TLS 1.2 engine, client and server, without I/O (RFC 5246).
 *
 * The engine never sees a socket, a clock, a random source or a heap but those in its settings:
 *
 *     ciphertext from the peer → feed()        → engine → peek_input()/consume_input() → plaintext
 *     plaintext                → write()/flush() → engine → peek_output()/consume_output() → ciphertext to the peer
 *
 * After each call of start, feed, write, flush or close the owner sends whatever peek_output() offers. When it
 * offers nothing more, is_closed() says whether the connection is over. A failure queues exactly one alert and
 * nothing after it; get_error() then tells what happened.
 *
 * Not thread-safe; different engines are independent of each other, apart from what their settings share.
 */
#ifndef AXTLS_ENGINE_H
#define AXTLS_ENGINE_H

#include "crypto.h"
#include "error.h"
#include "memory.h"
#include "session.h"
#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct axtls_engine_ axtls_engine;

/** A certificate chain and its private key. Nothing is copied: all of it may lie in flash. */
typedef struct {
	const br_x509_certificate *chain; /**< DER, end entity first; the root may be left out */
	size_t chain_length;
	const br_rsa_private_key *rsa; /**< one of the two is set */
	const br_ec_private_key *ec;
} axtls_identity;

/** DER of the name of a certificate authority, for a server's CertificateRequest. */
typedef struct {
	const uint8_t *data;
	size_t length;
} axtls_name;

/** What a server does about client certificates. */
typedef enum {
	AXTLS_CLIENT_AUTH_NONE,
	AXTLS_CLIENT_AUTH_REQUEST, /**< asks; a client without one goes on */
	AXTLS_CLIENT_AUTH_REQUIRE, /**< asks; a client without one is refused with handshake_failure */
} axtls_client_auth;

/**
 * Settings, shared by any number of engines. They and all that they point to must outlive those engines. Set up
 * with axtls_settings_init(), then change fields.
 */
typedef struct axtls_settings_ {
	const axtls_crypto *crypto;
	const axtls_memory *memory;
	/** A generator that is seeded already, e.g. br_hmac_drbg_context. Required. */
	const br_prng_class **random;
	/** Seconds from any start, for the age of sessions and tickets. NULL: time stands still. */
	uint32_t (*time)(void *param);
	void *param; /**< for time() */

	/** Cipher suites, IANA numbers, most wanted first; those without primitives are left out. */
	const uint16_t *suites;
	size_t suite_count;
	/** Certificates of this side: a server's (one RSA, one EC at most make sense), a client's for authentication. */
	const axtls_identity *identities;
	size_t identity_count;
	/** ALPN protocol names (RFC 7301), most wanted first. A server without any ignores the extension. */
	const char *const *protocols;
	size_t protocol_count;

	/**
	 * A validator for the peer's certificate; asked for when the Certificate message begins. It gets the chain,
	 * and its key must stay until release_validator(). Required for clients and for servers that ask for certificates.
	 * @return NULL without memory
	 */
	const br_x509_class **(*get_validator)(void *connection_param, axtls_engine *engine);
	/** The validator and its key are wanted no more. May be NULL. */
	void (*release_validator)(void *connection_param, axtls_engine *engine);

	/** The alert for a validator's answer that is not 0. NULL: axtls_certificate_alert(). */
	axtls_alert (*certificate_alert)(void *connection_param, unsigned result);

	/** Largest plaintext in a record that goes out, 64..16384; the peer may ask for less. Bounds the output buffer. */
	uint16_t output_fragment;
	/**
	 * Records of application data are gathered until flush(), or until no other fits into so many bytes, and are offered
	 * together: fewer calls of the socket's. Takes so much memory while data is written. 0, the default: a record is
	 * offered as soon as it is full.
	 */
	uint32_t output_batch;
	/**
	 * Largest plaintext in a record that the peer is asked to send, 512..16384: by record size limit (RFC 8449) and, when
	 * it is 512, 1024, 2048 or 4096, by maximum fragment length (RFC 6066 §4). A peer that knows neither ignores it.
	 */
	uint16_t input_fragment;

	/* Client */
	bool use_tickets;		  /**< ask for session tickets (RFC 5077); default true */
	bool allow_legacy_server; /**< go on with a server that knows no RFC 5746; default false */

	/* Server */
	axtls_client_auth client_auth;
	const axtls_name *authorities; /**< for CertificateRequest; may be none */
	size_t authority_count;
	axtls_cache *cache;				 /**< sessions by id; NULL: none */
	axtls_ticket_keys *ticket_keys; /**< NULL: no tickets */
	/**
	 * The client named the server it wants (SNI), before anything is chosen. May call axtls_engine_set_identities().
	 * @param name as it came, not zero-terminated, may contain any byte
	 * @return false to refuse with unrecognized_name. NULL: any name will do.
	 */
	bool (*server_name)(void *connection_param, axtls_engine *engine, const char *name, size_t length);
} axtls_settings;

/** Defaults: all of axtls_crypto_full(), malloc(), all suites with forward secrecy, fragments of 16384 in and 4096 out. */
void axtls_settings_init(axtls_settings *settings);

/** Suites with forward secrecy and AEAD; with forward secrecy; all that the engine knows. Most wanted first. */
extern const uint16_t axtls_suites_basic[];
extern const size_t axtls_suites_basic_count;
extern const uint16_t axtls_suites_forward[];
extern const size_t axtls_suites_forward_count;
extern const uint16_t axtls_suites_full[];
extern const size_t axtls_suites_full_count;

/**
 * Start a client. Its ClientHello is in the output afterwards.
 * @param server_name zero-terminated, for SNI and for the validator's start_chain(); it must stay until the handshake ends.
 *        NULL: none. An address literal is not sent (RFC 6066 §3)
 * @param resume session to be resumed, may be NULL; copied. `ticket` goes with it, may be NULL; wanted no more after return.
 * @return NULL without memory or with settings that leave nothing to offer
 */
axtls_engine *axtls_client_new(const axtls_settings *settings, void *connection_param, const char *server_name,
							   const axtls_session *resume, const uint8_t *ticket, size_t ticket_length);

/** Start a server. */
axtls_engine *axtls_server_new(const axtls_settings *settings, void *connection_param);

/** Wipe and release everything. NULL is allowed. */
void axtls_engine_free(axtls_engine *engine);

/* The pump */

/**
 * Take ciphertext.
 * @return bytes consumed; fewer than `length` while plaintext waits to be consumed or output to be sent: call again
 *         with the rest after that. Once the connection is over, everything is consumed and dropped.
 */
size_t axtls_engine_feed(axtls_engine *engine, const uint8_t *data, size_t length);

/**
 * Take ciphertext as axtls_engine_feed() does, but open a record that is there as a whole where it lies: without memory
 * of its own, and without a copy. What was consumed of `data` is overwritten. peek_input() may then point into `data`:
 * before that goes away or changes, consume all of it or call axtls_engine_keep_input(). Plaintext of records up to 2 KB
 * is wiped in it when it was consumed; that of larger ones is for the owner to wipe.
 */
size_t axtls_engine_feed_in_place(axtls_engine *engine, uint8_t *data, size_t length);

/**
 * Move plaintext that waits out of the memory that was given to axtls_engine_feed_in_place(). Without memory the
 * connection ends with AXTLS_ERROR_MEMORY, and the plaintext is gone.
 */
void axtls_engine_keep_input(axtls_engine *engine);

/**
 * Bytes that feed() takes at least before plaintext or output may make it stop: to the end of the record or of its
 * header. For owners who read from a transport and do not want to keep what feed() leaves. Never 0.
 */
size_t axtls_engine_wanted(const axtls_engine *engine);
/** No record has begun to come in. */
bool axtls_engine_is_between_records(const axtls_engine *engine);

/** Ciphertext to be sent. @return its length, 0: none. Valid until the next call of any other function. */
size_t axtls_engine_peek_output(axtls_engine *engine, const uint8_t **data);
void axtls_engine_consume_output(axtls_engine *engine, size_t length);

/**
 * Plaintext that arrived. @return its length, 0: none, also after an error. Write(), flush(), close() and abort() leave it
 * where it is, even if they fail; it is valid until any other function is called.
 */
size_t axtls_engine_peek_input(axtls_engine *engine, const uint8_t **data);
void axtls_engine_consume_input(axtls_engine *engine, size_t length);

/** Send plaintext. @return bytes taken, 0 while the buffer is full, before the handshake is done and after the end */
size_t axtls_engine_write(axtls_engine *engine, const uint8_t *data, size_t length);

/** Bytes on the wire for so much plaintext, when it is written at once. */
size_t axtls_engine_protected_length(const axtls_engine *engine, size_t length);

/** Make a record of what was written. */
void axtls_engine_flush(axtls_engine *engine);

/** Flush and queue close_notify. Before the handshake is done: user_canceled goes first (RFC 5246 §7.2.2). */
void axtls_engine_close(axtls_engine *engine);

/** Queue one fatal alert and end. AXTLS_ALERT_NONE ends without a word. */
void axtls_engine_abort(axtls_engine *engine, axtls_alert alert);

/* Questions */

bool axtls_engine_is_server(const axtls_engine *engine);
/** Both Finished messages were accepted; stays true afterwards. */
bool axtls_engine_is_connected(const axtls_engine *engine);
/** The peer's close_notify was seen. */
bool axtls_engine_is_peer_closed(const axtls_engine *engine);
/** Nothing more will come in or go out, apart from what peek_output() and peek_input() still offer. */
bool axtls_engine_is_closed(const axtls_engine *engine);
/** The session was taken up again, no certificate was sent. */
bool axtls_engine_is_resumed(const axtls_engine *engine);

axtls_error axtls_engine_get_error(const axtls_engine *engine);
/** Fatal alert (or close_notify) sent or received, AXTLS_ALERT_NONE if there was none. */
int axtls_engine_get_alert_sent(const axtls_engine *engine);
int axtls_engine_get_alert_received(const axtls_engine *engine);
/** Result of the validator for AXTLS_ERROR_CERTIFICATE; 0 otherwise. */
unsigned axtls_engine_get_certificate_error(const axtls_engine *engine);

/** Suite that was agreed on; 0 before that. */
uint16_t axtls_engine_get_suite(const axtls_engine *engine);
/** Application protocol that was agreed on, one of the strings in the settings; NULL: none. */
const char *axtls_engine_get_protocol(const axtls_engine *engine);
/** Both sides protect against truncated handshakes: extended master secret is on. */
bool axtls_engine_has_extended_master_secret(const axtls_engine *engine);
/** The peer sent a certificate, it was accepted, and it proved to have the key. */
bool axtls_engine_is_peer_authenticated(const axtls_engine *engine);
/** Largest plaintext in a record that goes out, as agreed on. */
uint16_t axtls_engine_get_output_fragment(const axtls_engine *engine);

/**
 * The session, to be resumed later. One that was resumed by a ticket is still resumed by it, unless there is a new one.
 * @return false when it cannot be: not connected, no id or ticket, or no EMS
 */
bool axtls_engine_get_session(const axtls_engine *engine, axtls_session *session);
/** Id that the server gave to the session, whether or not it can be resumed. @return its length, 0: none */
size_t axtls_engine_get_session_id(const axtls_engine *engine, const uint8_t **id);
/** Client: ticket that the server gave. @return its length, 0: none, not connected, or no memory for it */
size_t axtls_engine_get_ticket(const axtls_engine *engine, const uint8_t **ticket);
/**
 * Client: take the ticket out of the engine, which else keeps it to its end. Ask for the session first: it may have no
 * other way to be resumed.
 * @param length of the ticket, as axtls_engine_get_ticket() has it
 * @return the caller's, to be released by settings->memory as AXTLS_MEMORY_CACHE; NULL: none
 */
uint8_t *axtls_engine_take_ticket(axtls_engine *engine, size_t *length);

/** Server, from within server_name(): certificates for this connection. They must stay until the handshake ends. */
void axtls_engine_set_identities(axtls_engine *engine, const axtls_identity *identities, size_t count);

#ifdef __cplusplus
}
#endif

#endif
