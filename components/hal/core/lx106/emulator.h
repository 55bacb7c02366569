/*
 * What QEMU's loader leaves in memory for a program. QEMU has these cores and memory, but no peripherals of the
 * chips: with this note present, the serial line is simcall and time is the cycle counter.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emulator_note {
	uint32_t magic[4];		/**< EMULATOR_MAGIC; nothing is there by chance that looks like it */
	uint32_t cycles_per_us; /**< of the cycle counter */
	uint8_t noise[384];		/**< from the host, different at each start; zeros once it was taken */
	char flash[128];		/**< ESP8266: file with what the flash chip holds, opened by simcall */
};

#define EMULATOR_MAGIC_FIRST 0x6e696d53u
#define EMULATOR_MAGIC_LAST 0x3a65746fu
#define EMULATOR_MAGIC {EMULATOR_MAGIC_FIRST, 0x6d652d67u, 0x74616c75u, EMULATOR_MAGIC_LAST}

/** @return nullptr on a real chip */
struct emulator_note* emulator_note(void);

/** Forget the time the chip has slept or computed; at least once in 2^32 cycles. */
uint64_t emulator_time_us(const struct emulator_note* note);

void emulator_write(const uint8_t* data, size_t length);
size_t emulator_read(uint8_t* data, size_t length);

/** Sleep until there is input, or the time has passed. */
void emulator_sleep(const struct emulator_note* note, uint32_t us);

bool emulator_noise(struct emulator_note* note, uint8_t* data, size_t length);

/** End QEMU; it starts anew if the one who started it wants that. */
void emulator_exit(int status) __attribute__((noreturn));
