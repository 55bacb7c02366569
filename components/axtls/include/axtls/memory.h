/**
 * axtls/memory.h: where the engine gets its memory from. Every allocation may fail; the engine then says so and ends, or
 * does without if it is a client's ticket.
 */
#ifndef AXTLS_MEMORY_H
#define AXTLS_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a block is for. */
typedef enum {
	AXTLS_MEMORY_HANDSHAKE,		/**< freed when the handshake ends */
	AXTLS_MEMORY_RECORD_BUFFER, /**< records that wait to be read, completed or sent */
	AXTLS_MEMORY_SESSION,		/**< lives as long as the connection */
	AXTLS_MEMORY_CACHE,			/**< sessions and tickets kept for resumption */
	AXTLS_MEMORY_CONTEXT,		/**< settings, keys and certificates of the C API */
} axtls_memory_tag;

/** Where an engine gets its memory from. */
typedef struct {
	/** @return a block aligned for any type, or NULL */
	void *(*allocate)(void *param, size_t size, axtls_memory_tag tag);
	/** `size` and `tag` are those it was allocated with. The block was wiped if it held secrets. Never called with NULL. */
	void (*release)(void *param, void *block, size_t size, axtls_memory_tag tag);
	void *param;
} axtls_memory;

/** malloc() and free(). */
extern const axtls_memory axtls_memory_default;

/** Overwrite with zeros in a way that the compiler may not leave out. */
void axtls_wipe(void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
