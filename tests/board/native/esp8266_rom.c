/*
 * What a program for the ESP8266 needs of the chip's ROM when it starts, at the ROM's addresses: a model for QEMU.
 * Flash lies at FLASH; nothing of it is mapped until the cache is switched on. Calls are noted at LOG.
 */
#include <stdint.h>

#define FLASH ((const volatile uint32_t*)0x50000000)
#define MAPPED ((volatile uint32_t*)0x40200000)
#define WORDS (0x100000 / 4)
#define LOG ((volatile uint32_t*)0x3fffe000)

/* The ROM's entry points (eagle.rom.addr.v6.ld) */
__asm__(".section .cache_read_enable,\"ax\"\n\tj\tcache_read_enable\n"
		".section .i2c_write,\"ax\"\n\tj\ti2c_write\n"
		".text\n");

static void note(uint32_t what, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	volatile uint32_t* entry = LOG + 1 + LOG[0] * 5;
	++LOG[0];
	entry[0] = what;
	entry[1] = a;
	entry[2] = b;
	entry[3] = c;
	entry[4] = d;
}

void cache_read_enable(uint32_t odd_even, uint32_t megabytes, uint32_t cache_32k)
{
	note(1, odd_even, megabytes, cache_32k, 0);
	for(unsigned i = 0; i < WORDS; ++i) {
		MAPPED[i] = FLASH[i];
	}
}

void i2c_write(uint32_t block, uint32_t host, uint32_t reg, uint32_t value)
{
	note(2, block, host, reg, value);
}
