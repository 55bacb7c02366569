/** server_key_exchange.h: what both sides compute alike (RFC 8422 §5.4). */
#ifndef AXTLS_SERVER_KEY_EXCHANGE_H
#define AXTLS_SERVER_KEY_EXCHANGE_H

#include "internal.h"

#define NAMED_CURVE 3

/** Hash of the randoms and of the parameters in hs->group and hs->point. @return its length */
size_t hash_parameters(const axtls_engine *engine, const scheme *s, uint8_t hash[MAX_HASH]);

#endif
