#include "api.h"
#include <string.h>

/** Portion in which ciphertext is read from the transport. */
#define PORTION 512
#define SESSION_LIFETIME (24 * 60 * 60)

static SSL *connection_new(SSL_CTX *context, int fd)
{
	SSL *ssl = api_allocate(context, sizeof(*ssl), AXTLS_MEMORY_SESSION);
	if (ssl == NULL) {
		return NULL;
	}
	memset(ssl, 0, sizeof(*ssl));
	ssl->context = context;
	ssl->fd = fd;
	ssl->settings = context->settings;
	ssl->verify_result = SSL_ERROR_BAD_CERTIFICATE;
	ssl->next = context->connections;
	context->connections = ssl;
	return ssl;
}

static void unlink_and_release(SSL *ssl)
{
	SSL_CTX *context = ssl->context;
	SSL **at = &context->connections;
	while (*at != ssl) {
		at = &(*at)->next;
	}
	*at = ssl->next;
	if (ssl->host_name != NULL) {
		api_release(context, ssl->host_name, strlen(ssl->host_name) + 1, AXTLS_MEMORY_SESSION);
	}
	if (ssl->peer != NULL) {
		api_release(context, ssl->peer, peer_size(ssl->peer), AXTLS_MEMORY_SESSION);
	}
	api_release(context, ssl, sizeof(*ssl), AXTLS_MEMORY_SESSION);
}

/** Send what waits. @return SSL_OK, SSL_EAGAIN when the transport is full, SSL_ERROR_CONN_LOST */
static int send_output(SSL *ssl)
{
	const SSL_PLATFORM *platform = ssl->context->platform;
	const uint8_t *data;
	size_t length;

	while (!ssl->transport_lost && (length = axtls_engine_peek_output(ssl->engine, &data)) > 0) {
		int sent = platform->write(platform->param, ssl->fd, data, length > INT16_MAX ? INT16_MAX : (int)length);
		if (sent == SSL_EAGAIN) {
			return SSL_EAGAIN;
		}
		if (sent <= 0) {
			ssl->transport_lost = true;
			break;
		}
		axtls_engine_consume_output(ssl->engine, (size_t)sent);
	}
	return ssl->transport_lost ? SSL_ERROR_CONN_LOST : SSL_OK;
}

/** A client remembers its sessions by their ids, for ssl_client_new(). */
static void keep_session(SSL *ssl)
{
	axtls_session session;
	if (ssl->session_kept || axtls_engine_is_server(ssl->engine) || !axtls_engine_is_connected(ssl->engine)) {
		return;
	}
	ssl->session_kept = true;
	if (!axtls_engine_is_resumed(ssl->engine) && axtls_engine_get_session(ssl->engine, &session)) {
		SSL_CTX *context = ssl->context;
		axtls_cache_put(&context->visits, &session, context->settings.time(context));
		axtls_wipe(&session, sizeof(session));
	}
}

/** Why nothing more comes. */
static int end_result(const SSL *ssl)
{
	int error = api_error(ssl->engine);
	return error != SSL_OK ? error : SSL_CLOSE_NOTIFY;
}

int ssl_read(SSL *ssl, uint8_t **in_data)
{
	const SSL_PLATFORM *platform = ssl->context->platform;
	uint8_t portion[PORTION];

	bool was_connected = axtls_engine_is_connected(ssl->engine);
	axtls_engine_consume_input(ssl->engine, ssl->given);
	ssl->given = 0;
	for (;;) {
		const uint8_t *plain;
		int sent = send_output(ssl);
		size_t length = axtls_engine_peek_input(ssl->engine, &plain);
		keep_session(ssl);
		if (length > 0) {
			ssl->given = length;
			if (in_data != NULL) {
				*in_data = (uint8_t *)(uintptr_t)plain;
			}
			return (int)length;
		}
		if (axtls_engine_is_closed(ssl->engine)) {
			return end_result(ssl);
		}
		if (sent != SSL_OK) {
			return sent == SSL_EAGAIN ? SSL_OK : sent;
		}
		if (!was_connected && axtls_engine_is_connected(ssl->engine)) {
			/* Whoever waits for the handshake must not wait for data, too */
			return SSL_OK;
		}
		/* No more than to the end of the record: then feed() takes all of it, and nothing has to be kept here */
		size_t wanted = axtls_engine_wanted(ssl->engine);
		int got = platform->read(platform->param, ssl->fd, portion, (int)(wanted < PORTION ? wanted : PORTION));
		if (got == SSL_EAGAIN) {
			return SSL_OK;
		}
		if (got <= 0) {
			ssl->transport_lost = true;
			return SSL_ERROR_CONN_LOST;
		}
		axtls_engine_feed(ssl->engine, portion, (size_t)got);
		if (was_connected && axtls_engine_peek_input(ssl->engine, &plain) == 0 &&
			axtls_engine_is_between_records(ssl->engine) && !axtls_engine_is_closed(ssl->engine)) {
			/* A record without plaintext: the original returns then, too */
			send_output(ssl);
			return SSL_OK;
		}
	}
}

int ssl_write(SSL *ssl, const uint8_t *data, int length)
{
	int taken = 0;
	while (taken < length) {
		int sent = send_output(ssl);
		if (sent != SSL_OK) {
			return taken > 0 && sent == SSL_EAGAIN ? taken : sent;
		}
		if (axtls_engine_is_closed(ssl->engine)) {
			return end_result(ssl);
		}
		size_t count = axtls_engine_write(ssl->engine, data + taken, (size_t)(length - taken));
		if (count == 0 && !axtls_engine_is_closed(ssl->engine)) {
			return SSL_NOT_OK;
		}
		axtls_engine_flush(ssl->engine);
		taken += (int)count;
	}
	int sent = send_output(ssl);
	return sent == SSL_ERROR_CONN_LOST ? sent : taken;
}

/** The first connection of a role makes its cache. Without memory for it no sessions are kept, and all else goes on. */
static void prepare(const SSL_CTX *context, axtls_cache *cache)
{
	if (cache->memory == NULL) {
		axtls_cache_init(cache, context->platform->memory, (uint16_t)context->session_count, SESSION_LIFETIME);
	}
}

SSL *ssl_server_new(SSL_CTX *context, int fd)
{
	prepare(context, &context->sessions);
	SSL *ssl = connection_new(context, fd);
	if (ssl != NULL) {
		ssl->engine = axtls_server_new(&ssl->settings, ssl);
		if (ssl->engine == NULL) {
			unlink_and_release(ssl);
			return NULL;
		}
	}
	return ssl;
}

static bool take_extensions(SSL *ssl, const SSL_EXTENSIONS *extensions)
{
	if (extensions == NULL) {
		return true;
	}
	if (extensions->max_fragment_size != 0) {
		ssl->settings.input_fragment = extensions->max_fragment_size;
	}
	if (extensions->host_name != NULL) {
		size_t size = strlen(extensions->host_name) + 1;
		ssl->host_name = api_allocate(ssl->context, size, AXTLS_MEMORY_SESSION);
		if (ssl->host_name == NULL) {
			return false;
		}
		memcpy(ssl->host_name, extensions->host_name, size);
	}
	return true;
}

SSL *ssl_client_new(SSL_CTX *context, int fd, const uint8_t *session_id, uint8_t session_id_size,
					SSL_EXTENSIONS *extensions)
{
	prepare(context, &context->visits);
	SSL *ssl = connection_new(context, fd);
	if (ssl == NULL) {
		return NULL;
	}
	axtls_session session;
	bool known = session_id != NULL && axtls_cache_get(&context->visits, session_id, session_id_size,
													   context->settings.time(context), &session);
	if (take_extensions(ssl, extensions)) {
		ssl->engine = axtls_client_new(&ssl->settings, ssl, ssl->host_name, known ? &session : NULL, NULL, 0);
	}
	axtls_wipe(&session, sizeof(session));
	if (ssl->engine == NULL) {
		unlink_and_release(ssl);
		return NULL;
	}
	int result = send_output(ssl) == SSL_ERROR_CONN_LOST ? SSL_ERROR_CONN_LOST : SSL_OK;
	while ((context->options & SSL_CONNECT_IN_PARTS) == 0 && result >= SSL_OK &&
		   !axtls_engine_is_connected(ssl->engine)) {
		result = ssl_read(ssl, NULL);
	}
	return ssl;
}

void ssl_free(SSL *ssl)
{
	if (ssl == NULL) {
		return;
	}
	axtls_engine_close(ssl->engine);
	send_output(ssl);
	axtls_engine_free(ssl->engine);
	unlink_and_release(ssl);
}

SSL *ssl_find(SSL_CTX *context, int fd)
{
	SSL *ssl = context->connections;
	while (ssl != NULL && ssl->fd != fd) {
		ssl = ssl->next;
	}
	return ssl;
}

const uint8_t *ssl_get_session_id(const SSL *ssl)
{
	const uint8_t *id;
	axtls_engine_get_session_id(ssl->engine, &id);
	return id;
}

uint8_t ssl_get_session_id_size(const SSL *ssl)
{
	const uint8_t *id;
	return (uint8_t)axtls_engine_get_session_id(ssl->engine, &id);
}

uint8_t ssl_get_cipher_id(const SSL *ssl)
{
	return (uint8_t)axtls_engine_get_suite(ssl->engine);
}

int ssl_handshake_status(const SSL *ssl)
{
	if (axtls_engine_is_connected(ssl->engine)) {
		return SSL_OK;
	}
	if (axtls_engine_is_closed(ssl->engine)) {
		return end_result(ssl);
	}
	return ssl->transport_lost ? SSL_ERROR_CONN_LOST : SSL_NOT_OK;
}

int ssl_renegotiate(SSL *ssl)
{
	(void)ssl;
	return SSL_ERROR_NO_CLIENT_RENOG;
}

int ssl_calculate_write_length(SSL *ssl, unsigned length)
{
	return axtls_engine_is_connected(ssl->engine) ? (int)axtls_engine_protected_length(ssl->engine, length)
												  : SSL_NOT_OK;
}
