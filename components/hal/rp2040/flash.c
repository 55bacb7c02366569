/*
 * Flash: mapped, so it can be read. Writing goes through the routines of the boot ROM (RP2040 datasheet §2.8.3.1.3),
 * and while they work no instruction and no constant can be read from flash: what calls them lies in RAM. Interrupts
 * are off since the start, and the second core does not run.
 */
#include "hal.h"
#include "registers.h"
#include <string.h>

/* Of a Raspberry Pi Pico; larger chips are used as far as this */
#define SIZE (2u << 20)
#define SECTOR 4096u
#define PAGE 256u
/* Command that erases a sector, in every flash chip of this kind */
#define ERASE_SECTOR 0x20u

/* §2.8.3: two half-words, then the table and the function that looks a name up in it */
#define ROM_TABLE 0x14u
#define ROM_LOOKUP 0x18u
#define ROM_NAME(a, b) ((uint32_t)(b) << 8 | (uint32_t)(a))

typedef void* (*rom_lookup)(const uint16_t* table, uint32_t name);

typedef struct {
	void (*connect)(void);
	void (*exit_xip)(void);
	void (*erase)(uint32_t offset, size_t count, uint32_t block_size, uint8_t block_command);
	void (*program)(uint32_t offset, const uint8_t* data, size_t count);
	void (*flush_cache)(void);
	void (*enter_xip)(void);
} routines;

/* The ROM's first words, behind a variable: the compiler takes an access to an address near 0 for a mistake. */
static const volatile uint16_t* volatile rom_start;

static bool look_up(routines* rom)
{
	const volatile uint16_t* start = rom_start;
	rom_lookup find = (rom_lookup)(uintptr_t)start[ROM_LOOKUP / 2];
	const uint16_t* table = (const uint16_t*)(uintptr_t)start[ROM_TABLE / 2];
	rom->connect = (void (*)(void))find(table, ROM_NAME('I', 'F'));
	rom->exit_xip = (void (*)(void))find(table, ROM_NAME('E', 'X'));
	rom->erase = (void (*)(uint32_t, size_t, uint32_t, uint8_t))find(table, ROM_NAME('R', 'E'));
	rom->program = (void (*)(uint32_t, const uint8_t*, size_t))find(table, ROM_NAME('R', 'P'));
	rom->flush_cache = (void (*)(void))find(table, ROM_NAME('F', 'C'));
	rom->enter_xip = (void (*)(void))find(table, ROM_NAME('C', 'X'));
	return rom->connect && rom->exit_xip && rom->erase && rom->program && rom->flush_cache && rom->enter_xip;
}

/* Erase a sector if `page` is NULL, else write a page. Calls nothing in flash. */
__attribute__((section(".ram_text"), noinline, long_call)) static void change(const routines* rom, uint32_t offset,
																			const uint8_t* page)
{
	rom->connect();
	rom->exit_xip();
	if(page == NULL) {
		rom->erase(offset, SECTOR, SECTOR, ERASE_SECTOR);
	} else {
		rom->program(offset, page, PAGE);
	}
	rom->flush_cache();
	rom->enter_xip();
	/* The ROM's choice is the slowest clock; back to what boot2.S has set, all other settings are the same */
	SSI_SSIENR = 0;
	SSI_BAUDR = SSI_BAUDR_BOOT;
	SSI_SSIENR = 1;
}

uint32_t hal_flash_size(void)
{
	return SIZE;
}

uint32_t hal_flash_sector_size(void)
{
	return SECTOR;
}

bool hal_flash_read(uint32_t offset, void* data, size_t length)
{
	if(offset > SIZE || length > SIZE - offset) {
		return false;
	}
	memcpy(data, (const void*)(FLASH + offset), length);
	return true;
}

bool hal_flash_write(uint32_t offset, const void* data, size_t length)
{
	routines rom;
	uint8_t page[PAGE];
	const uint8_t* from = data;
	if(offset > SIZE || length > SIZE - offset || !look_up(&rom)) {
		return false;
	}
	while(length > 0) {
		uint32_t at = offset % PAGE;
		size_t part = length < PAGE - at ? length : PAGE - at;
		/* Bits that are 1 change nothing */
		memset(page, 0xFF, PAGE);
		memcpy(page + at, from, part);
		change(&rom, offset - at, page);
		if(memcmp((const void*)(FLASH + offset), from, part) != 0) {
			return false;
		}
		offset += part;
		from += part;
		length -= part;
	}
	return true;
}

bool hal_flash_erase(uint32_t offset)
{
	routines rom;
	if(offset % SECTOR != 0 || offset > SIZE - SECTOR || !look_up(&rom)) {
		return false;
	}
	change(&rom, offset, NULL);
	const uint32_t* word = (const uint32_t*)(FLASH + offset);
	for(unsigned i = 0; i < SECTOR / 4; ++i) {
		if(word[i] != 0xFFFFFFFFu) {
			return false;
		}
	}
	return true;
}
