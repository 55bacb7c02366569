/** states.h: the state machine; the essay stands in states.c. */
#ifndef AXTLS_STATES_H
#define AXTLS_STATES_H

#include "extensions.h"
#include "internal.h"

typedef struct transition_ transition;
typedef struct handler_ handler;

/**
 * What makes a client or a server: who refers to one of them only gets no code of the other linked.
 */
typedef struct tls_role_ {
	const transition *transitions;
	size_t transition_count;
	const handler *handlers;
	const extension_row *extensions; /**< that may come in the peer's hello */
	size_t extension_count;
	uint8_t start; /**< first state */
	void (*connected)(axtls_engine *engine);
	void (*failed)(axtls_engine *engine); /**< a fatal alert goes or came */
} tls_role;

extern const tls_role tls_client_role, tls_server_role;

void states_start(axtls_engine *engine);
/** The peer is to speak next. False while we are, and when the handshake is over. */
bool states_is_reading(const axtls_engine *engine);
/** It is our turn to speak. */
bool states_is_writing(const axtls_engine *engine);

/** A message of the peer begins: is it its turn? If so its first step is set up. */
axtls_error states_begin_message(axtls_engine *engine, uint8_t type, uint32_t length);
/** The message that began is read. */
axtls_error states_end_message(axtls_engine *engine);
/** ChangeCipherSpec came. */
axtls_error states_change_cipher_spec(axtls_engine *engine);

/** Say what is to be said, as far as the output buffer allows. */
void states_write(axtls_engine *engine);

#endif
