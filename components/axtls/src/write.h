/**
 * write.h: putting messages together.
 *
 * Everything in TLS is a vector within a vector, each with its length in front. Lengths are never computed by hand:
 * put_vector() runs the function that writes the contents twice, first to measure, then to write. The contents must
 * therefore be the same each time: random values and signatures are made before.
 *
 * Errors are kept in the handshake until write_result() is asked.
 */
#ifndef AXTLS_WRITE_H
#define AXTLS_WRITE_H

#include "internal.h"

typedef void (*put_function)(axtls_engine *engine);

void put_number(axtls_engine *engine, uint32_t value, size_t bytes);
void put_bytes(axtls_engine *engine, const void *data, size_t length);
/** What `contents` writes, with its length in front in `bytes` bytes. */
void put_vector(axtls_engine *engine, size_t bytes, put_function contents);
/** Bytes with their length in front. */
void put_vector_of(axtls_engine *engine, size_t bytes, const void *data, size_t length);
/** A whole handshake message, which also enters the transcript. */
axtls_error write_message(axtls_engine *engine, uint8_t type, put_function body);
axtls_error write_result(const axtls_engine *engine);

#endif
