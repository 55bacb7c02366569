/**
 * axtls/session.h: what is kept of a connection to resume it: sessions, the server's cache, the server's ticket keys.
 *
 * Only sessions with an extended master secret are ever resumed (RFC 7627 §5.3).
 */
#ifndef AXTLS_SESSION_H
#define AXTLS_SESSION_H

#include "memory.h"
#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AXTLS_SESSION_ID_SIZE 32
#define AXTLS_MASTER_SIZE 48
/** Longest ticket a client keeps; OpenSSL's are 160 to 240 bytes. Longer ones are not used. */
#define AXTLS_MAX_TICKET 1024

/** A session. Holds the master secret: wipe with axtls_wipe() when done. */
typedef struct {
	uint8_t id[AXTLS_SESSION_ID_SIZE];
	uint8_t id_length; /**< 0: none */
	bool extended_master_secret;
	uint16_t suite;
	uint64_t name_hash; /**< of the server's name; a session is never resumed under another (RFC 6066 §3), 0: none */
	uint8_t master[AXTLS_MASTER_SIZE];
} axtls_session;

typedef struct axtls_cache_ axtls_cache;

/** A cache of the owner's: the functions below call these instead, with the same contracts. */
typedef struct {
	void (*put)(axtls_cache *cache, const axtls_session *session, uint32_t now);
	bool (*get)(const axtls_cache *cache, const uint8_t *id, size_t id_length, uint32_t now, axtls_session *session);
	void (*remove)(axtls_cache *cache, const uint8_t *id, size_t id_length);
} axtls_cache_class;

/**
 * The server's memory of sessions: bounded, the oldest goes first, shared by all connections of a server.
 * Fields are private, but an owner with a cache of its own sets `vtable`, makes `count` 1 and leaves the rest zero.
 */
struct axtls_cache_ {
	const axtls_cache_class *vtable; /**< NULL: the one here */
	const axtls_memory *memory;
	struct axtls_cache_entry_ *entries;
	uint16_t count;
	uint16_t next;
	uint32_t lifetime;
};

/**
 * @param memory allocator; must outlive the cache
 * @param count sessions to keep; 0: none
 * @param lifetime seconds until a session is forgotten (RFC 5246 §F.1.4 suggests at most a day)
 * @return false without memory; the cache then keeps nothing and may still be used
 */
bool axtls_cache_init(axtls_cache *cache, const axtls_memory *memory, uint16_t count, uint32_t lifetime);
void axtls_cache_free(axtls_cache *cache);
void axtls_cache_put(axtls_cache *cache, const axtls_session *session, uint32_t now);
/** @return true with `session` filled in, when the id is known and not too old */
bool axtls_cache_get(const axtls_cache *cache, const uint8_t *id, size_t id_length, uint32_t now,
					 axtls_session *session);
/** Forget one session, as RFC 5246 §7.2.2 asks after a fatal alert. */
void axtls_cache_remove(axtls_cache *cache, const uint8_t *id, size_t id_length);

/** One key that seals tickets. */
typedef struct {
	uint8_t name[8];
	uint8_t key[32];
	uint32_t since;
	bool valid;
} axtls_ticket_key;

/** Ticket keys of a server (RFC 5077 §5.5): the current one, and the one before for tickets that are still around. */
typedef struct {
	axtls_ticket_key current;
	axtls_ticket_key previous;
	/** Seconds a key is used. A ticket is good for one to two of these, a session with all its tickets for two at most. */
	uint32_t lifetime;
} axtls_ticket_keys;

void axtls_ticket_keys_init(axtls_ticket_keys *keys, uint32_t lifetime);
void axtls_ticket_keys_wipe(axtls_ticket_keys *keys);

#ifdef __cplusplus
}
#endif

#endif
