/*
 * What the random generator is seeded from: a secret of the device's own, renewed in flash at each start, see
 * device_seed.h. The random register is not documented to be more than a mix of clocks, so it is not relied upon. It is
 * hashed in, as is what the cycle counter says: reading the register takes a time that varies, and the time that a flash
 * chip takes to write and erase comes from an oscillator of its own.
 */
#include "../core/lx106/core.h"
#include "../core/lx106/emulator.h"
#include "device_seed.h"
#include "hal.h"
#include "hardware.h"
#include "registers.h"
#include <bearssl_hash.h>
#include <bearssl_hmac.h>
#include <string.h>

#define NOISE_WORDS 32u

/* Their addresses are the values, see sming_host/build/soc.py */
extern const char _seed_offset[], _seed_size[];

static void gather(uint32_t* noise)
{
	struct emulator_note* note = emulator_note();
	memset(noise, 0, NOISE_WORDS * sizeof(*noise));
	if(note != NULL) {
		(void)emulator_noise(note, (uint8_t*)noise, NOISE_WORDS * sizeof(*noise));
	}
	for(unsigned i = 0; i < NOISE_WORDS; ++i) {
		uint32_t word = note != NULL ? noise[i] : RANDOM;
		for(volatile uint32_t wait = word & 31u; wait != 0; --wait) {
		}
		uint32_t cycles = chip_cycles();
		noise[i] = word ^ (cycles << i | cycles >> (31u - i) >> 1);
	}
}

/* Make as many bytes of a key as are asked for. */
static void expand(const void* secret, size_t secret_length, const uint32_t* noise, uint8_t* data, size_t length)
{
	br_hmac_key_context key;
	br_hmac_context hmac;
	uint8_t block[br_sha256_SIZE];
	br_hmac_key_init(&key, &br_sha256_vtable, secret, secret_length);
	for(uint32_t number = 0; length != 0; ++number) {
		size_t part = length < sizeof(block) ? length : sizeof(block);
		br_hmac_init(&hmac, &key, 0);
		br_hmac_update(&hmac, &number, sizeof(number));
		br_hmac_update(&hmac, noise, NOISE_WORDS * sizeof(*noise));
		br_hmac_out(&hmac, block);
		memcpy(data, block, part);
		data += part;
		length -= part;
	}
	memset(block, 0, sizeof(block));
	memset(&key, 0, sizeof(key));
	memset(&hmac, 0, sizeof(hmac));
	__asm__ volatile("" : : "r"(block), "r"(&key), "r"(&hmac) : "memory"); /* so that the zeros are written */
}

static bool read_seed(void* arg, uint32_t offset, void* data, size_t length)
{
	(void)arg;
	return hal_flash_read((uint32_t)(uintptr_t)_seed_offset + offset, data, length);
}

static bool write_seed(void* arg, uint32_t offset, const void* data, size_t length)
{
	(void)arg;
	return hal_flash_write((uint32_t)(uintptr_t)_seed_offset + offset, data, length);
}

static bool erase_seed(void* arg, uint32_t offset)
{
	(void)arg;
	return hal_flash_erase((uint32_t)(uintptr_t)_seed_offset + offset);
}

static void say(device_seed_result result)
{
	static const char none[] = "This device has no valid seed for random numbers, so TLS is refused: "
							   "'./scons SMING_SOC=esp8266 flash' writes one.\n";
	static const char broken[] = "The seed for random numbers cannot be renewed in flash, so TLS is refused: "
								 "the flash chip is worn out or write-protected.\n";
	if(result == DEVICE_SEED_BROKEN) {
		hal_console_write(broken, sizeof(broken) - 1);
	} else {
		hal_console_write(none, sizeof(none) - 1);
	}
}

/* Later calls add noise to a generator that has its state already. */
bool hardware_entropy(uint8_t* data, size_t length)
{
	static enum { untried, seeded, refused } state;
	uint32_t noise[NOISE_WORDS];
	uint8_t key[DEVICE_SEED_SIZE] = {0};
	if(state == untried) {
		settings_log_flash flash = {read_seed, write_seed, erase_seed, NULL, hal_flash_sector_size(),
									(uint32_t)(uintptr_t)_seed_size};
		gather(noise);
		device_seed_result result = device_seed_next(&flash, noise, sizeof(noise), key);
		state = result == DEVICE_SEED_OK ? seeded : refused;
		if(state == refused) {
			say(result);
		}
	}
	if(state == refused) {
		return false;
	}
	gather(noise);
	expand(key, sizeof(key), noise, data, length);
	memset(key, 0, sizeof(key));
	__asm__ volatile("" : : "r"(key) : "memory"); /* so that the zeros are written */
	return true;
}
