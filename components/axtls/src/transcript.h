/** transcript.h: the handshake's messages, hashed as they pass and stored nowhere (RFC 5246 §7.4.9). */
#ifndef AXTLS_TRANSCRIPT_H
#define AXTLS_TRANSCRIPT_H

#include <axtls/crypto.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_HASH 64

/** SHA-256 and SHA-384 for PRF and Finished, SHA-512 for signatures; all over one block buffer. */
typedef br_multihash_context transcript;

void transcript_init(transcript *t, const axtls_crypto *crypto);
static inline void transcript_update(transcript *t, const void *data, size_t length)
{
	br_multihash_update(t, data, length);
}
/** Hash of all that passed so far. @param id br_sha256_ID … @return its length, 0: no such hash */
static inline size_t transcript_hash(const transcript *t, unsigned id, uint8_t hash[MAX_HASH])
{
	return br_multihash_out(t, (int)id, hash);
}

#endif
