/**
 * reader.h: takes handshake messages apart as they arrive, in pieces of any size, without holding them.
 *
 * A message is read by steps. A step asks for a number of bytes, and the next step is called with a cursor over
 * exactly these, no matter how they were split over records and calls of feed(): in place when they arrive together,
 * else gathered first. So a ClientHello of 100 KB takes no more memory than one of 100 bytes.
 *
 * Vectors nest: reader_enter() narrows what may be asked for to the vector's length, reader_leave() insists that
 * all of it was used. Both check against the enclosing vector. That is the only place where lengths are checked.
 *
 * Bytes enter the transcript after the step that read them: the transcript that a step sees ends before the piece
 * at hand, and Finished and CertificateVerify, which are one piece, see just what they are computed over.
 */
#ifndef AXTLS_READER_H
#define AXTLS_READER_H

#include "internal.h"

/** Ask for `length` bytes, then `step` gets them all at once. For small lengths: they may be gathered on the heap. */
axtls_error reader_want(axtls_engine *engine, uint32_t length, step_function step);
/** Ask for `length` bytes, then `step` gets them as they come; read.need says how many are left. `length` > 0. */
axtls_error reader_stream(axtls_engine *engine, uint32_t length, step_function step);
/** Narrow to a vector of `length` bytes. */
axtls_error reader_enter(axtls_engine *engine, uint32_t length);
/** Leave a vector: nothing of it may be left. */
axtls_error reader_leave(axtls_engine *engine);
/** Bytes left in the innermost vector. */
uint32_t reader_left(const axtls_engine *engine);
/** The message is read: nothing of it may be left. */
axtls_error reader_finish(axtls_engine *engine);
/** In the middle of a message. */
bool reader_is_busy(const axtls_engine *engine);

/** Handshake bytes from a record. */
axtls_error reader_feed(axtls_engine *engine, const uint8_t *data, size_t length);
/** Give back what was gathered. */
void reader_release(axtls_engine *engine);

#endif
