/* Where files that are written are kept: memory.ld says it, from the row of sming_host/build/soc.py. */
#include "hal_chip.h"

/* Their addresses are the values */
extern const char _settings_offset[], _settings_size[];

bool chip_settings_area(uint32_t* offset, uint32_t* size)
{
	*offset = (uint32_t)(uintptr_t)_settings_offset;
	*size = (uint32_t)(uintptr_t)_settings_size;
	return *size != 0;
}
