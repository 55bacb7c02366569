/*
 * Randomness: HMAC-DRBG with SHA-256 (NIST SP 800-90A §10.1.2), seeded from the chip's noise source after the
 * two health tests of SP 800-90B §4.4, and seeded again now and then.
 */
#include "hal.h"
#include "hal_chip.h"
#include <bearssl.h>
#include <string.h>

/* With one bit of entropy in each byte: 256 bits for the state and 128 for the nonce (SP 800-90A §8.6.7) */
#define SEED_BYTES 384

/* SP 800-90B §4.4.1 for one bit in each sample and one false alarm in 2^30 start-ups: 1 + 30 */
#define REPETITION_LIMIT 31

/* Requests after which the noise source is asked again */
#define RESEED_AFTER 1024

static enum { unseeded, seeded, broken } state;
static br_hmac_drbg_context drbg;
static uint32_t requests;

/* A source that is stuck, or nearly so. */
static bool is_healthy(const uint8_t* data, size_t length)
{
	unsigned run = 1, most = 0;
	uint16_t counts[256];
	memset(counts, 0, sizeof(counts));
	for(size_t i = 0; i < length; ++i) {
		run = i != 0 && data[i] == data[i - 1] ? run + 1 : 1;
		if(run >= REPETITION_LIMIT) {
			return false;
		}
		if(++counts[data[i]] > most) {
			most = counts[data[i]];
		}
	}
	/* Adaptive proportion, §4.4.2: no value in more than 13 of 20 samples */
	return most * 20 <= length * 13;
}

static bool seed(void)
{
	uint8_t noise[SEED_BYTES];
	if(!chip_entropy(noise, sizeof(noise))) {
		return state == seeded;
	}
	bool healthy = is_healthy(noise, sizeof(noise));
	if(healthy) {
		if(state == seeded) {
			br_hmac_drbg_update(&drbg, noise, sizeof(noise));
		} else {
			br_hmac_drbg_init(&drbg, &br_sha256_vtable, noise, sizeof(noise));
			uint32_t id = hal_chip_id();
			br_hmac_drbg_update(&drbg, &id, sizeof(id));
		}
		requests = 0;
	}
	state = healthy ? seeded : broken;
	memset(noise, 0, sizeof(noise));
	__asm__ volatile("" : : "r"(noise) : "memory"); /* so that the zeros are written */
	return healthy;
}

bool hal_random(void* buffer, size_t length)
{
	bool ready = state == seeded && requests < RESEED_AFTER;
	if(!ready && (state == broken || !seed())) {
		memset(buffer, 0, length);
		return false;
	}
	++requests;
	br_hmac_drbg_generate(&drbg, buffer, length);
	return true;
}
