/* The first megabyte of flash is mapped and can be read, by words. Writing is not offered. */
#include "hal.h"

#define MAPPED 0x40200000u
#define SIZE (1u << 20)

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
	uint8_t* to = data;
	for(; length != 0; --length, ++offset) {
		uint32_t word = *(const volatile uint32_t*)(MAPPED + (offset & ~3u));
		*to++ = (uint8_t)(word >> (offset & 3u) * 8);
	}
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
