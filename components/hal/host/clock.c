/* Monotonic and wall clock. */
#include "hal.h"
#include "hal_host.h"
#include <time.h>

/* Where the wall clock comes from: the host, an offset to hal_time_us(), or nowhere. */
static enum { clock_of_host, clock_own, clock_unset } source = clock_of_host;
static int64_t own_seconds; /* wall clock at own_us */
static uint64_t own_us;

static uint64_t monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

uint64_t hal_time_us(void)
{
	static uint64_t start;
	uint64_t now = monotonic_us();
	if(start == 0) {
		start = now;
	}
	return now - start;
}

bool hal_wall_clock_get(int64_t* unix_seconds)
{
	struct timespec now;
	switch(source) {
	case clock_unset:
		return false;
	case clock_own:
		*unix_seconds = own_seconds + (int64_t)((hal_time_us() - own_us) / 1000000u);
		return true;
	default:
		if(clock_gettime(CLOCK_REALTIME, &now) != 0) {
			return false;
		}
		*unix_seconds = now.tv_sec;
		return true;
	}
}

void hal_wall_clock_set(int64_t unix_seconds)
{
	own_seconds = unix_seconds;
	own_us = hal_time_us();
	source = clock_own;
}

void hal_host_set_wall_clock(int64_t unix_seconds)
{
	hal_wall_clock_set(unix_seconds);
}

void hal_host_unset_wall_clock(void)
{
	source = clock_unset;
}
