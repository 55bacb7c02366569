/* Wall clock: what was set, and runs on with hal_time_us(). */
#include "hal.h"

static bool known;
static int64_t seconds; /* at `since` */
static uint64_t since;

bool hal_wall_clock_get(int64_t* unix_seconds)
{
	if(!known) {
		return false;
	}
	*unix_seconds = seconds + (int64_t)((hal_time_us() - since) / 1000000u);
	return true;
}

void hal_wall_clock_set(int64_t unix_seconds)
{
	seconds = unix_seconds;
	since = hal_time_us();
	known = true;
}
