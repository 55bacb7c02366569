/*
 * What a program for the ESP8266 needs of the chip's ROM, at the ROM's addresses: a model for QEMU. Flash lies at FLASH.
 * Nothing of it is mapped until the cache is switched on, and nothing while it is off again: who then runs code from
 * there, or reads a constant, finds noise. Calls are noted at LOG, but those that read or write flash are only counted.
 */
#include <stdint.h>

#define FLASH ((volatile uint32_t*)0x50000000)
#define MAPPED ((volatile uint32_t*)0x40200000)
/* As much of it as programs in tests have: all of it at each call would take long */
#define MAPPED_SIZE 0x60000u
#define LOG ((volatile uint32_t*)0x3fffe000)
#define COUNTS ((volatile uint32_t*)0x3fffe800)
#define NOISE 0xDEADBEEFu

enum { READ, WRITE, ERASE, REFUSED };

/* The ROM's entry points (eagle.rom.addr.v6.ld) */
__asm__(".section .cache_read_enable,\"ax\"\n\tj\tcache_read_enable\n"
		".section .cache_read_disable,\"ax\"\n\tj\tcache_read_disable\n"
		".section .i2c_write,\"ax\"\n\tj\ti2c_write\n"
		".section .spi_erase_sector,\"ax\"\n\tj\tspi_erase_sector\n"
		".section .spi_write,\"ax\"\n\tj\tspi_write\n"
		".section .spi_read,\"ax\"\n\tj\tspi_read\n"
		".section .spi_param_cfg,\"ax\"\n\tj\tspi_param_cfg\n"
		".text\n");

/* In RAM behind the log; zero at the start */
static volatile uint32_t* const state = (volatile uint32_t*)0x3fffe900;
#define ENABLED state[0]
#define CHIP_SIZE state[1]

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
	/* The first time, and when it differs from that */
	if(LOG[0] < 3 || odd_even != 0 || megabytes != 0 || cache_32k != 1) {
		note(1, odd_even, megabytes, cache_32k, 0);
	}
	ENABLED = 1;
	for(unsigned i = 0; i < MAPPED_SIZE / 4; ++i) {
		MAPPED[i] = FLASH[i];
	}
}

void cache_read_disable(void)
{
	ENABLED = 0;
	for(unsigned i = 0; i < MAPPED_SIZE / 4; ++i) {
		MAPPED[i] = NOISE;
	}
}

void i2c_write(uint32_t block, uint32_t host, uint32_t reg, uint32_t value)
{
	note(2, block, host, reg, value);
}

/* What a real one answers with an error, or does wrongly. @return 0 when it is to be done */
static uint32_t begin(uint32_t work, uint32_t offset, uint32_t address, uint32_t length)
{
	if(ENABLED || (offset | address | length) % 4 != 0 || offset > CHIP_SIZE || length > CHIP_SIZE - offset) {
		++COUNTS[REFUSED];
		return 1;
	}
	++COUNTS[work];
	return 0;
}

uint32_t spi_param_cfg(uint32_t id, uint32_t size, uint32_t block, uint32_t sector, uint32_t page, uint32_t mask)
{
	(void)id;
	if(block != 65536 || sector != 4096 || page != 256 || mask != 0xFFFF) {
		++COUNTS[REFUSED];
		return 1;
	}
	CHIP_SIZE = size;
	return 0;
}

uint32_t spi_read(uint32_t offset, uint32_t* words, uint32_t length)
{
	if(begin(READ, offset, (uint32_t)words, length) != 0) {
		return 1;
	}
	for(unsigned i = 0; i < length / 4; ++i) {
		words[i] = FLASH[offset / 4 + i];
	}
	return 0;
}

uint32_t spi_write(uint32_t offset, const uint32_t* words, uint32_t length)
{
	if(begin(WRITE, offset, (uint32_t)words, length) != 0) {
		return 1;
	}
	for(unsigned i = 0; i < length / 4; ++i) {
		FLASH[offset / 4 + i] &= words[i];
	}
	return 0;
}

uint32_t spi_erase_sector(uint32_t sector)
{
	if(begin(ERASE, sector * 4096, 0, 4096) != 0) {
		return 1;
	}
	for(unsigned i = 0; i < 1024; ++i) {
		FLASH[sector * 1024 + i] = 0xFFFFFFFFu;
	}
	return 0;
}
