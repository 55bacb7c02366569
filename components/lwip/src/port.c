/* What lwIP asks of its platform. */
#include "hal.h"
#include "hal_chip.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include <arch/cc.h>
#include <stdbool.h>
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

/*
 * lwIP gives a timer's memory back and takes it anew each time it has run, and takes it for granted: without one it would
 * stop for good. These are for when the heap has none.
 */
#define SPARE_TIMERS 4
static struct sys_timeo spare[SPARE_TIMERS];
static bool spare_used[SPARE_TIMERS];

static void* take_spare(void)
{
	for(unsigned i = 0; i < SPARE_TIMERS; ++i) {
		if(!spare_used[i]) {
			spare_used[i] = true;
			return &spare[i];
		}
	}
	return NULL;
}

void* lwip_port_allocate(size_t size)
{
	void* block = size <= SMALL ? chip_heap_take(size) : hal_heap_allocate(size);
	return block == NULL && size <= sizeof(struct sys_timeo) ? take_spare() : block;
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
	for(unsigned i = 0; i < SPARE_TIMERS; ++i) {
		if(block == &spare[i]) {
			spare_used[i] = false;
			return;
		}
	}
	hal_heap_release(block);
}
