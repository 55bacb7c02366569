/**
 * Flat C interface to Ssl::Session, for bindings in other languages. Sans-I/O: no socket, no callback.
 *
 * Plain C without anything that needs a preprocessor beyond `#define NAME number`: sming_host.tls reads this
 * very file to learn the functions and their types.
 *
 * Rules:
 * - One thread at a time may be inside this library: its allocator is not thread-safe.
 * - Functions that fill a text buffer always end it with NUL, cut what does not fit, and return the full
 *   length without NUL.
 * - Data passed in is copied before a function returns. Pointers passed out stay valid until the next call
 *   for the same session.
 * - A function whose result is `int` and has no other meaning gives an error number, 0 for none: an
 *   Ssl::Error, see sming_error_name().
 */
#ifndef SMING_HOST_TLS_H
#define SMING_HOST_TLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is in them stays inside of the library. */
typedef struct sming_tls sming_tls;
typedef struct sming_share sming_share;

#pragma GCC visibility push(default)

/* Version: raised with every change of this file that a binding would notice */

#define SMING_API_VERSION 3

/** SMING_API_VERSION that the library was compiled with. */
uint32_t sming_api_version(void);

/** TLS engine behind this library, as in ENABLE_SSL: "Bearssl", "Axtls"; "none" without TLS. */
const char* sming_engine_name(void);

/* Numbers of other interfaces */

/** Ssl::Role */
#define SMING_CLIENT 0
#define SMING_SERVER 1

/** Ssl::State */
#define SMING_STATE_IDLE 0
#define SMING_STATE_HANDSHAKE 1
#define SMING_STATE_ESTABLISHED 2
#define SMING_STATE_CLOSING 3
#define SMING_STATE_CLOSED 4
#define SMING_STATE_FAILED 5

/** Ssl::Fingerprint::Type */
#define SMING_CERT_SHA1 0
#define SMING_CERT_SHA256 1
#define SMING_PKI_SHA256 2

/** Ssl::Options */
#define SMING_OPTION_SESSION_RESUME 1
#define SMING_OPTION_CLIENT_AUTHENTICATION 2
#define SMING_OPTION_VERIFY_LATER 4
#define SMING_OPTION_FREE_KEY_CERT 8
#define SMING_OPTION_LEGACY_VERSIONS 16

/** Parts of names that people ask for (Ssl::Certificate::RDN) */
#define SMING_NAME_COMMON 0
#define SMING_NAME_ORGANIZATION 1
#define SMING_NAME_UNIT 2
#define SMING_NAME_COUNTRY 3
#define SMING_NAME_LOCALITY 4
#define SMING_NAME_STATE 5

/* Sessions */

/**
 * Make a session. It has no peer, no clock and the machine's random numbers until told otherwise.
 * @param role SMING_CLIENT or SMING_SERVER
 * @param host_name client: server's name to ask for and to check; NULL: none
 * @return NULL when there is no memory
 */
sming_tls* sming_tls_new(int role, const char* host_name);

/** End a session and everything it holds. NULL is allowed. */
void sming_tls_free(sming_tls* tls);

/* Setting up, before sming_tls_start() */

/** Trust certificate authorities: DER, or PEM with any number. @return error number; none is added on failure */
int sming_tls_trust(sming_tls* tls, const uint8_t* certificate, size_t length);

/** Accept the certificate with this fingerprint. @param hash 20 or 32 bytes, as the type has it */
int sming_tls_pin(sming_tls* tls, int fingerprint_type, const uint8_t* hash);

/** Own key and certificate (chain), DER or PEM. @param password NULL: the key is not encrypted */
int sming_tls_key_cert(sming_tls* tls, const uint8_t* key, size_t key_length, const uint8_t* certificate,
					   size_t certificate_length, const char* password);

/** Cipher suites by number, best first. */
int sming_tls_cipher_suites(sming_tls* tls, const uint16_t* suites, size_t count);

/** One of the lists that come with the library: 0 CipherSuites::basic (the default), 1 CipherSuites::full. */
void sming_tls_cipher_suite_list(sming_tls* tls, int list);

/** @param options sum of SMING_OPTION_… */
void sming_tls_options(sming_tls* tls, uint32_t options);

/** @param code Ssl::MaxBufferSize: 0 default, 1 to 6: 512 bytes to 16 KB */
void sming_tls_max_buffer_size(sming_tls* tls, int code);

/** Set the session's clock, in seconds since 1970-01-01T00:00:00Z. It stands still until set again. */
void sming_tls_set_time(sming_tls* tls, int64_t seconds);

/** Take the session's clock away, as on a device that has not heard from a time server yet. */
void sming_tls_unset_time(sming_tls* tls);

/** Take random numbers from a generator started with this seed: the same seed gives the same handshake. For tests. */
void sming_tls_set_seed(sming_tls* tls, const uint8_t* seed, size_t length);

/** Let the source of random numbers fail, as on a device that has not collected entropy yet. For tests. */
void sming_tls_fail_random(sming_tls* tls);

/** Client: port of the server, which a session to be resumed belongs to. */
void sming_tls_port(sming_tls* tls, uint16_t port);

/** Application protocols in order of preference, separated by commas (ALPN). */
int sming_tls_alpn(sming_tls* tls, const char* protocols);

/* Resuming sessions: contracts as in Network/Ssl/Resumption.h and ServerShare.h */

typedef struct sming_resumption sming_resumption;

/** Client, once established. @return what the next connection can be resumed by, NULL when there is nothing */
sming_resumption* sming_tls_take_resumption(sming_tls* tls);

/** Client, before sming_tls_start(). The session owns `resumption` then. NULL: none. */
void sming_tls_set_resumption(sming_tls* tls, sming_resumption* resumption);
void sming_resumption_free(sming_resumption* resumption);

/** What the sessions of one server have in common; must outlive them. @return NULL when there is no memory */
sming_share* sming_share_new(void);
void sming_share_free(sming_share* share);

/** Number of sessions that could be resumed. */
size_t sming_share_count(const sming_share* share);

/** Server, before sming_tls_start(). @param cache_size sessions to be kept */
void sming_tls_share(sming_tls* tls, sming_share* share, int cache_size);

/* The pump: contracts as in Network/Ssl/Session.h */

/** Begin the handshake. @return error number */
int sming_tls_start(sming_tls* tls);

/** Take ciphertext. @return bytes taken; the rest has to wait until plaintext or ciphertext was taken out */
size_t sming_tls_feed(sming_tls* tls, const uint8_t* data, size_t length);

/** Look at ciphertext for the peer. @return its length */
size_t sming_tls_peek_output(sming_tls* tls, const uint8_t** data);
void sming_tls_consume_output(sming_tls* tls, size_t length);

/** Look at plaintext from the peer. @return its length */
size_t sming_tls_peek_input(sming_tls* tls, const uint8_t** data);
void sming_tls_consume_input(sming_tls* tls, size_t length);

/** Send plaintext. @return bytes taken, 0 while the output is full, negative when the session does not take any */
int sming_tls_write(sming_tls* tls, const uint8_t* data, size_t length);
void sming_tls_flush(sming_tls* tls);

/** Send close_notify. */
void sming_tls_close(sming_tls* tls);

/** The transport ended. */
void sming_tls_transport_closed(sming_tls* tls);

/* Looking at a session */

int sming_tls_state(const sming_tls* tls);
int sming_tls_error(const sming_tls* tls);

/** Alert that was sent or received, -1: none. */
int sming_tls_alert(const sming_tls* tls);

/** 1 if sming_tls_alert() came from the peer. */
int sming_tls_alert_received(const sming_tls* tls);

/** 1 if the peer's certificate was checked against an authority, a pin or a callback. */
int sming_tls_verified(const sming_tls* tls);

/** 1 from the end of the handshake on, also after the session ended. */
int sming_tls_handshake_done(const sming_tls* tls);

/** 1 if the handshake resumed an earlier session. */
int sming_tls_resumed(const sming_tls* tls);

/** Protocol agreed on by ALPN, empty when there is none. */
size_t sming_tls_alpn_protocol(const sming_tls* tls, char* buffer, size_t size);

/** Number of the cipher suite, 0 before it is agreed on. */
uint16_t sming_tls_cipher_suite(const sming_tls* tls);

/** 0x0303 for TLS 1.2, 0 before it is agreed on. */
uint16_t sming_tls_version(const sming_tls* tls);

/** Error in words, with the values that were wrong. */
size_t sming_tls_error_text(const sming_tls* tls, char* buffer, size_t size);

/** Session id, up to 32 bytes. @return its length */
size_t sming_tls_session_id(const sming_tls* tls, uint8_t* buffer, size_t size);

/* The peer's certificate. Nothing is there before it arrived */

/** What is known of the peer's certificate. */
typedef struct {
	int64_t not_before; /* seconds since 1970-01-01T00:00:00Z */
	int64_t not_after;
	uint8_t cert_sha1[20];
	uint8_t cert_sha256[32];
	uint8_t pki_sha256[32];
} sming_certificate;

/** @return 1 if there is a certificate */
int sming_tls_certificate(const sming_tls* tls, sming_certificate* certificate);

/** @param issuer 0: of the subject, 1: of the issuer. @param part SMING_NAME_… */
size_t sming_tls_certificate_name(const sming_tls* tls, int issuer, int part, char* buffer, size_t size);

/** Host names and addresses, separated by ", ". */
size_t sming_tls_certificate_alternative_names(const sming_tls* tls, char* buffer, size_t size);

/* Names of numbers */

int sming_error_count(void);
size_t sming_error_name(int error, char* buffer, size_t size); /* "unknownCa" */
size_t sming_error_text(int error, char* buffer, size_t size); /* a sentence */
int sming_error_alert(int error);							   /* alert that goes with it, -1: none */
size_t sming_alert_name(int alert, char* buffer, size_t size); /* "unknown_ca" */
size_t sming_cipher_suite_name(uint16_t suite, char* buffer, size_t size);

/* Memory of the whole library: contracts as in Memory.h */

/** Memory of the whole library, or of one purpose, in bytes and blocks. */
typedef struct {
	size_t current;
	size_t peak;
	uint32_t count;
	uint32_t total;
} sming_memory;

int sming_memory_tag_count(void);
const char* sming_memory_tag_name(int tag);

/** Figures of a tag; of all together for tag -1. */
void sming_memory_statistics(int tag, sming_memory* statistics);
void sming_memory_reset_peak(void);
void sming_memory_set_cap(size_t bytes);
void sming_memory_fail_allocation(uint32_t n, int and_later);
uint32_t sming_memory_attempts(void);

/* Counters of all sessions (Ssl::Statistics) */

/** Counters over all sessions, as in Ssl::Statistics. */
typedef struct {
	uint32_t client_handshakes;
	uint32_t server_handshakes;
	uint32_t resumed;
	uint32_t failed;
	int last_error;
} sming_tls_statistics;

void sming_tls_get_statistics(sming_tls_statistics* statistics);

/* Log: what a device would print on its console */

/** Take up to `size` bytes of log out. @return their number. When nobody reads, the oldest is dropped after 32 KB. */
size_t sming_log_read(char* buffer, size_t size);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
