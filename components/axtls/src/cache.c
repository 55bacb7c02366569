#include <axtls/session.h>
#include <string.h>

typedef struct axtls_cache_entry_ {
	uint32_t made;
	axtls_session session;
} entry;

bool axtls_cache_init(axtls_cache *cache, const axtls_memory *memory, uint16_t count, uint32_t lifetime)
{
	memset(cache, 0, sizeof(*cache));
	cache->memory = memory;
	cache->lifetime = lifetime;
	if (count == 0) {
		return true;
	}
	cache->entries = memory->allocate(memory->param, count * sizeof(entry), AXTLS_MEMORY_CACHE);
	if (cache->entries == NULL) {
		return false;
	}
	memset(cache->entries, 0, count * sizeof(entry));
	cache->count = count;
	return true;
}

void axtls_cache_free(axtls_cache *cache)
{
	if (cache->entries != NULL) {
		size_t size = cache->count * sizeof(entry);
		axtls_wipe(cache->entries, size);
		cache->memory->release(cache->memory->param, cache->entries, size, AXTLS_MEMORY_CACHE);
	}
	cache->entries = NULL;
	cache->count = 0;
}

static entry *find(const axtls_cache *cache, const uint8_t *id, size_t id_length)
{
	for (size_t i = 0; i < cache->count; i++) {
		entry *e = &cache->entries[i];
		if (id_length > 0 && e->session.id_length == id_length && memcmp(e->session.id, id, id_length) == 0) {
			return e;
		}
	}
	return NULL;
}

void axtls_cache_put(axtls_cache *cache, const axtls_session *session, uint32_t now)
{
	if (cache->vtable != NULL) {
		cache->vtable->put(cache, session, now);
		return;
	}
	if (cache->count == 0) {
		return;
	}
	entry *e = &cache->entries[cache->next];
	cache->next = (uint16_t)((cache->next + 1) % cache->count);
	e->made = now;
	e->session = *session;
}

bool axtls_cache_get(const axtls_cache *cache, const uint8_t *id, size_t id_length, uint32_t now,
					 axtls_session *session)
{
	if (cache->vtable != NULL) {
		return cache->vtable->get(cache, id, id_length, now, session);
	}
	const entry *e = find(cache, id, id_length);
	if (e == NULL || now - e->made >= cache->lifetime) {
		return false;
	}
	*session = e->session;
	return true;
}

void axtls_cache_remove(axtls_cache *cache, const uint8_t *id, size_t id_length)
{
	if (cache->vtable != NULL) {
		cache->vtable->remove(cache, id, id_length);
		return;
	}
	entry *e = find(cache, id, id_length);
	if (e != NULL) {
		axtls_wipe(e, sizeof(*e));
	}
}
