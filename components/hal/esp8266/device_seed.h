/**
 * device_seed: what a device without a noise source keeps in flash, so that its random numbers differ from those of
 * every other device and of every earlier start.
 *
 * The area is a settings_log with one file, "seed": version, counter of starts, 32 secret bytes. The first is written
 * by `./scons SMING_SOC=esp8266 flash`, see sming_host/board/seed.py. At each start
 *
 *     starts   = starts + 1
 *     next     = HMAC-SHA-256(secret, "next" starts noise)     is stored
 *     key      = HMAC-SHA-256(secret, "key\0" starts noise)    seeds the random generator
 *
 * and the key is given out only after `next` is in flash and `secret` is destroyed there. So no power cut leads to the
 * same secret being used twice, and who reads the flash of a device later learns nothing of the keys it has made
 * before, although the noise may be poor. The noise is hashed in, so that it can only add.
 */
#pragma once

#include <settings_log.h>

/** Bytes of a secret and of a key. */
#define DEVICE_SEED_SIZE 32

typedef enum {
	DEVICE_SEED_OK = 0,
	DEVICE_SEED_NONE,	/**< never written, erased, or damaged */
	DEVICE_SEED_BROKEN, /**< the flash cannot be written to: the secret would be used again */
} device_seed_result;

/**
 * Take the next key.
 * @param flash an area of two sectors
 * @param noise any bytes, which need not be random
 * @param key zeros unless the result is DEVICE_SEED_OK
 */
device_seed_result device_seed_next(const settings_log_flash* flash, const void* noise, size_t length,
									uint8_t key[DEVICE_SEED_SIZE]);
