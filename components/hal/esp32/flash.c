/* Images of this family lie in RAM, and the flash chip is the loader's alone. */
#include "hal.h"

uint32_t hal_flash_size(void)
{
	return 0;
}

uint32_t hal_flash_sector_size(void)
{
	return 4096;
}

bool hal_flash_read(uint32_t offset, void* data, size_t length)
{
	(void)offset;
	(void)data;
	(void)length;
	return false;
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
