/**
 * ticket.h: session tickets of our own making (RFC 5077): the session, sealed for ourselves and kept by the client.
 *
 * key name 8 | nonce 12 | sealed: time of the full handshake 4, suite 2, name hash 8, master secret 48 | tag 16
 *
 * The keys never leave the memory of one process, so no other build's tickets open and the format needs no version.
 */
#ifndef AXTLS_TICKET_H
#define AXTLS_TICKET_H

#include "internal.h"

#define TICKET_NAME 8
#define TICKET_NONCE 12
#define TICKET_STATE (4 + 2 + 8 + AXTLS_MASTER_SIZE)
#define TICKET_TAG 16
#define TICKET_SIZE (TICKET_NAME + TICKET_NONCE + TICKET_STATE + TICKET_TAG)

/** Keys and ChaCha20-Poly1305 are there. */
bool ticket_is_usable(const axtls_engine *engine);
/** Seal the session. */
void ticket_seal(axtls_engine *engine, uint8_t ticket[TICKET_SIZE]);
/** Open a ticket: if it is good, hs->ticket_resumed is set and the session filled in; else nothing happens (RFC 5077 §3.4). */
void ticket_open(axtls_engine *engine, const uint8_t ticket[TICKET_SIZE]);

#endif
