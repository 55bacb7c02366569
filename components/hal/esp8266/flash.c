/*
 * Flash by the functions of the ROM, which talk to the flash chip themselves. Meanwhile the cache that maps flash is
 * off, and no instruction and no constant can be read from there: what calls them lies in IRAM. Reading goes this way,
 * too, so that it tells what the chip holds, and not what the cache does.
 */
#include "flash.h"
#include "../core/lx106/emulator.h"
#include "hal.h"
#include <string.h>

#define IN_IRAM __attribute__((section(".iram"), noinline))

/* All return 0 when they have done it. Addresses and lengths in bytes, divisible by 4; sectors are counted */
extern uint32_t rom_spi_read(uint32_t offset, uint32_t* words, uint32_t length);
extern uint32_t rom_spi_write(uint32_t offset, const uint32_t* words, uint32_t length);
extern uint32_t rom_spi_erase_sector(uint32_t sector);

/* Says what the flash chip is like: the ROM takes it for half of what it has here, and refuses the rest */
extern uint32_t rom_spi_param_cfg(uint32_t id, uint32_t size, uint32_t block, uint32_t sector, uint32_t page,
								  uint32_t status_mask);

extern void rom_cache_read_disable(void);
extern void rom_cache_read_enable(uint32_t odd_even, uint32_t megabytes, uint32_t cache_32k);

/* No switch: its table would lie in flash */
IN_IRAM static bool rom_flash(flash_work work, uint32_t offset, uint32_t* words, uint32_t length)
{
	uint32_t failed;
	rom_cache_read_disable();
	failed = rom_spi_param_cfg(0, FLASH_SIZE, 65536, FLASH_SECTOR, 256, 0xFFFF);
	if(failed == 0) {
		if(work == FLASH_READ) {
			failed = rom_spi_read(offset, words, length);
		} else if(work == FLASH_WRITE) {
			failed = rom_spi_write(offset, words, length);
		} else {
			failed = rom_spi_erase_sector(offset / FLASH_SECTOR);
		}
	}
	rom_cache_read_enable(0, 0, 1);
	return failed == 0;
}

static bool do_work(flash_work work, uint32_t offset, uint32_t* words, uint32_t length)
{
	const struct emulator_note* note = emulator_note();
	hal_watchdog_feed();
	return note != NULL ? emulator_flash(note->flash, work, offset, words, length)
						: rom_flash(work, offset, words, length);
}

static bool is_inside(uint32_t offset, size_t length)
{
	return offset <= FLASH_SIZE && length <= FLASH_SIZE - offset;
}

/* The words that hold what begins at `offset`. @return bytes of it in them; they begin at `offset % 4` */
static size_t cover(uint32_t offset, size_t length, uint32_t* span)
{
	size_t part = FLASH_BLOCK - offset % 4;
	part = length < part ? length : part;
	*span = (uint32_t)(offset % 4 + part + 3) & ~3u;
	return part;
}

uint32_t hal_flash_size(void)
{
	return FLASH_SIZE;
}

uint32_t hal_flash_sector_size(void)
{
	return FLASH_SECTOR;
}

bool hal_flash_read(uint32_t offset, void* data, size_t length)
{
	uint32_t words[FLASH_BLOCK / 4];
	uint8_t* to = data;
	if(!is_inside(offset, length)) {
		return false;
	}
	while(length != 0) {
		uint32_t span;
		size_t part = cover(offset, length, &span);
		if(!do_work(FLASH_READ, offset & ~3u, words, span)) {
			return false;
		}
		memcpy(to, (const uint8_t*)words + offset % 4, part);
		to += part;
		offset += (uint32_t)part;
		length -= part;
	}
	return true;
}

/* Whether flash holds what it was told to: some flash chips are protected, and take a write without a word. */
static bool holds(uint32_t offset, const uint8_t* data, size_t length)
{
	uint8_t found[FLASH_BLOCK];
	return hal_flash_read(offset, found, length) && memcmp(found, data, length) == 0;
}

bool hal_flash_write(uint32_t offset, const void* data, size_t length)
{
	uint32_t words[FLASH_BLOCK / 4];
	const uint8_t* from = data;
	if(!is_inside(offset, length)) {
		return false;
	}
	while(length != 0) {
		uint32_t span;
		size_t part = cover(offset, length, &span);
		/* Bits that are 1 change nothing */
		memset(words, 0xFF, sizeof(words));
		memcpy((uint8_t*)words + offset % 4, from, part);
		if(!do_work(FLASH_WRITE, offset & ~3u, words, span) || !holds(offset, from, part)) {
			return false;
		}
		from += part;
		offset += (uint32_t)part;
		length -= part;
	}
	return true;
}

bool hal_flash_erase(uint32_t offset)
{
	uint8_t erased[FLASH_BLOCK];
	memset(erased, 0xFF, sizeof(erased));
	if(offset % FLASH_SECTOR != 0 || offset >= FLASH_SIZE || !do_work(FLASH_ERASE, offset, NULL, FLASH_SECTOR)) {
		return false;
	}
	for(uint32_t at = 0; at < FLASH_SECTOR; at += FLASH_BLOCK) {
		if(!holds(offset + at, erased, FLASH_BLOCK)) {
			return false;
		}
	}
	return true;
}
