#include "device_seed.h"
#include <bearssl_hash.h>
#include <bearssl_hmac.h>
#include <string.h>

#define NAME "seed"
#define VERSION 1u

typedef struct {
	uint32_t version;
	uint32_t starts;
	uint8_t secret[DEVICE_SEED_SIZE];
} stored_seed;

static void wipe(void* data, size_t length)
{
	memset(data, 0, length);
	__asm__ volatile("" : : "r"(data) : "memory"); /* so that the zeros are written */
}

static void derive(const stored_seed* from, const char label[4], uint32_t starts, const void* noise, size_t length,
				   uint8_t result[DEVICE_SEED_SIZE])
{
	br_hmac_key_context key;
	br_hmac_context hmac;
	br_hmac_key_init(&key, &br_sha256_vtable, from->secret, sizeof(from->secret));
	br_hmac_init(&hmac, &key, 0);
	br_hmac_update(&hmac, label, 4);
	br_hmac_update(&hmac, &starts, sizeof(starts));
	br_hmac_update(&hmac, noise, length);
	br_hmac_out(&hmac, result);
	wipe(&key, sizeof(key));
	wipe(&hmac, sizeof(hmac));
}

static bool load(const settings_log* log, stored_seed* seed)
{
	return settings_log_size(log, NAME) == (int32_t)sizeof(*seed) &&
		   settings_log_read(log, NAME, 0, seed, sizeof(*seed)) == (int32_t)sizeof(*seed);
}

/* Put `next` in the place of what is stored; both are in the caller's hands. */
static bool replace(settings_log* log, const stored_seed* next)
{
	stored_seed found;
	bool done = settings_log_write(log, NAME, next, sizeof(*next)) == SETTINGS_LOG_OK &&
				settings_log_forget(log) == SETTINGS_LOG_OK && load(log, &found) &&
				memcmp(&found, next, sizeof(found)) == 0;
	wipe(&found, sizeof(found));
	return done;
}

device_seed_result device_seed_next(const settings_log_flash* flash, const void* noise, size_t length,
									uint8_t key[DEVICE_SEED_SIZE])
{
	settings_log log;
	stored_seed now, next;
	memset(key, 0, DEVICE_SEED_SIZE);
	/* Without looking first an area that cannot be read just now would be made empty */
	if(!settings_log_exists(flash) || !settings_log_mount(&log, flash)) {
		return DEVICE_SEED_NONE;
	}
	device_seed_result result = DEVICE_SEED_NONE;
	if(load(&log, &now) && now.version == VERSION) {
		next.version = VERSION;
		next.starts = now.starts + 1;
		derive(&now, "next", next.starts, noise, length, next.secret);
		result = DEVICE_SEED_BROKEN;
		if(replace(&log, &next)) {
			derive(&now, "key", next.starts, noise, length, key);
			result = DEVICE_SEED_OK;
		}
	}
	wipe(&now, sizeof(now));
	wipe(&next, sizeof(next));
	return result;
}
