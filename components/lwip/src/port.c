/* What lwIP asks of its platform. */
#include "hal.h"
#include "hal_chip.h"
#include "lwip/sys.h"
#include <arch/cc.h>
#include <string.h>

u32_t sys_now(void)
{
	return (u32_t)(hal_time_us() / 1000u);
}

void lwip_port_assert(const char* message)
{
	hal_panic(message);
}

/* For sequence numbers, ports and ids. Without a source of randomness there is no TLS either, but TCP works. */
uint32_t lwip_port_random(void)
{
	static uint32_t fallback;
	uint32_t value;
	if(!hal_random(&value, sizeof(value))) {
		fallback = fallback * 1664525u + 1013904223u + (uint32_t)hal_time_us();
		value = fallback;
	}
	return value;
}

/*
 * What is small keeps connections going (acknowledgements, control blocks) and may use what nobody else may; data that
 * waits for the application, or to be sent, may not.
 */
#define SMALL 256

void* lwip_port_allocate(size_t size)
{
	return size <= SMALL ? chip_heap_take(size) : hal_heap_allocate(size);
}

void* lwip_port_allocate_zeroed(size_t count, size_t size)
{
	void* block = size != 0 && count > SIZE_MAX / size ? NULL : lwip_port_allocate(count * size);
	if(block != NULL) {
		memset(block, 0, count * size);
	}
	return block;
}

void lwip_port_release(void* block)
{
	hal_heap_release(block);
}
