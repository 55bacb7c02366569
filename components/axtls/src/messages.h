/**
 * messages.h: what states.c calls for each handshake message; one file each, named <message>_read.c or _write.c.
 *
 * read_: the message begins, `length` bytes long; asks for its first piece.
 * done_: it was read and is in the transcript.
 * write_: writes it whole, unless it takes `more`: then it is called again once there is room.
 */
#ifndef AXTLS_MESSAGES_H
#define AXTLS_MESSAGES_H

#include "internal.h"

axtls_error read_hello_request(axtls_engine *engine, uint32_t length);
axtls_error read_client_hello(axtls_engine *engine, uint32_t length);
axtls_error done_client_hello(axtls_engine *engine);
axtls_error read_server_hello(axtls_engine *engine, uint32_t length);
axtls_error done_server_hello(axtls_engine *engine);
axtls_error read_certificate(axtls_engine *engine, uint32_t length);
axtls_error done_certificate(axtls_engine *engine);
axtls_error read_server_key_exchange(axtls_engine *engine, uint32_t length);
axtls_error read_certificate_request(axtls_engine *engine, uint32_t length);
axtls_error done_certificate_request(axtls_engine *engine);
axtls_error read_server_hello_done(axtls_engine *engine, uint32_t length);
axtls_error read_client_key_exchange(axtls_engine *engine, uint32_t length);
axtls_error done_client_key_exchange(axtls_engine *engine);
axtls_error read_certificate_verify(axtls_engine *engine, uint32_t length);
axtls_error read_new_session_ticket(axtls_engine *engine, uint32_t length);
axtls_error read_finished(axtls_engine *engine, uint32_t length);

axtls_error write_client_hello(axtls_engine *engine, bool *more);
axtls_error write_server_hello(axtls_engine *engine, bool *more);
axtls_error write_certificate(axtls_engine *engine, bool *more);
axtls_error write_server_key_exchange(axtls_engine *engine, bool *more);
axtls_error write_certificate_request(axtls_engine *engine, bool *more);
axtls_error write_server_hello_done(axtls_engine *engine, bool *more);
axtls_error write_client_key_exchange(axtls_engine *engine, bool *more);
axtls_error write_certificate_verify(axtls_engine *engine, bool *more);
axtls_error write_new_session_ticket(axtls_engine *engine, bool *more);
axtls_error write_change_cipher_spec(axtls_engine *engine, bool *more);
axtls_error write_finished(axtls_engine *engine, bool *more);

#endif
