/** keys.h: the key schedule of TLS 1.2 (RFC 5246 §8.1 and §6.3, RFC 7627 §4). */
#ifndef AXTLS_KEYS_H
#define AXTLS_KEYS_H

#include "internal.h"

/** premaster → session.master, by the extended master secret if that was agreed on. The premaster secret is wiped. */
void keys_make_master(axtls_engine *engine);
/** session.master → protections that wait for ChangeCipherSpec. */
axtls_error keys_make_protections(axtls_engine *engine);
/** Value of a Finished message over the transcript so far. */
void keys_finished(axtls_engine *engine, bool from_server, uint8_t verify_data[FINISHED_SIZE]);
/** Row of the suite table that was agreed on. */
const suite *keys_suite(const axtls_engine *engine);

#endif
