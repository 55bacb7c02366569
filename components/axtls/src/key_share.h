/** key_share.h: elliptic-curve Diffie-Hellman (RFC 8422 §5.10, RFC 7748 §6.1) for the group in hs->group. */
#ifndef AXTLS_KEY_SHARE_H
#define AXTLS_KEY_SHARE_H

#include "internal.h"

/** Make a key pair: hs->ephemeral, and the public point into `point` (MAX_POINT bytes). @return its length, 0: failed */
size_t key_share_make(axtls_engine *engine, uint8_t *point);
/** Multiply the peer's point (overwritten) with hs->ephemeral; the result is the premaster secret. @return false for a bad point */
bool key_share_agree(axtls_engine *engine, uint8_t *point, size_t length);

#endif
