/*
 * What the ROM leaves to the program it has loaded: the clock, and the cache that maps flash at 0x40200000. All of this
 * stands in IRAM and uses no constants in flash. The ROM's functions are known by their addresses, see flash.ld.
 */
#include "../core/lx106/emulator.h"
#include <stdint.h>

#define IN_IRAM __attribute__((section(".iram"), noinline))

extern struct emulator_note _emulator_note;

/* Maps the megabyte of flash that `odd_even` and `megabytes` pick; with 32 KB of IRAM's upper half as cache, or 16 */
extern void rom_cache_read_enable(uint32_t odd_even, uint32_t megabytes, uint32_t cache_32k);

/* Writes a register of an analogue block over the chip's internal bus */
extern void rom_i2c_write(uint32_t block, uint32_t host, uint32_t reg, uint32_t value);

/* The PLL: with these values 80 MHz for the core from the usual crystal of 26 MHz. At reset it is set for a crystal of
 * 40 MHz, so that the core has 52 MHz and the ROM's 115200 bit/s are 74880. */
enum { PLL = 103, PLL_HOST = 4, PLL_DIVIDER = 1, PLL_MULTIPLIER = 2, DIVIDER_26MHZ = 0x88, MULTIPLIER_26MHZ = 0x91 };

/** Called by the reset code before anything in flash is touched. */
void chip_boot(void);

IN_IRAM void chip_boot(void)
{
	/* The first word of EMULATOR_MAGIC, and the last: an emulator has all of memory in place, and no ROM */
	if(_emulator_note.magic[0] == EMULATOR_MAGIC_FIRST && _emulator_note.magic[3] == EMULATOR_MAGIC_LAST) {
		return;
	}
	rom_i2c_write(PLL, PLL_HOST, PLL_DIVIDER, DIVIDER_26MHZ);
	rom_i2c_write(PLL, PLL_HOST, PLL_MULTIPLIER, MULTIPLIER_26MHZ);
	rom_cache_read_enable(0, 0, 1);
}
