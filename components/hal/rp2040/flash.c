/* Flash is mapped, so it can be read. Writing would need code that runs elsewhere meanwhile; there is none. */
#include "hal.h"
#include "registers.h"
#include <string.h>

/* Of a Raspberry Pi Pico; larger chips are used as far as this */
#define SIZE (2u << 20)

uint32_t hal_flash_size(void)
{
	return SIZE;
}

uint32_t hal_flash_sector_size(void)
{
	return 4096;
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
	(void)offset;
	(void)data;
	(void)length;
	return false;
}

bool hal_flash_erase(uint32_t offset)
{
	(void)offset;
	return false;
}
