/** record_out.h: records that go out. The buffer holds finished records, then at most one that is still open. */
#ifndef AXTLS_RECORD_OUT_H
#define AXTLS_RECORD_OUT_H

#include "internal.h"

/** A flight is written in pieces: no more messages while so many bytes wait. */
#define OUT_PIECE 384u

/** Append plaintext to the open record of this type; opens and closes records as needed. */
axtls_error out_put(axtls_engine *engine, uint8_t type, const uint8_t *data, size_t length);
/** Protect and finish the open record, if there is one. */
void out_close_record(axtls_engine *engine);
/** Drop the open record, if there is one. */
void out_drop_record(axtls_engine *engine);
/** Bytes in the buffer that were not consumed yet. */
uint32_t out_pending(const axtls_engine *engine);
/** Room in the open record, or in a new one if there is none. */
size_t out_room(const axtls_engine *engine);
void out_release(axtls_engine *engine);

#endif
