/* What lwIP and the chips' network code ask of a chip, given by a host whose clock and chance are the test's. For one file of a program. */
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <hal.h>

static uint64_t clockUs;
static uint64_t state; ///< of chance()

static unsigned chance(unsigned limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return unsigned(state >> 33) % limit;
}

static void check(bool ok, const char* what)
{
	if(!ok) {
		fprintf(stderr, "FAIL %s\n", what);
		abort();
	}
}

extern "C" {
uint64_t hal_time_us(void)
{
	return clockUs;
}
bool hal_random(void* buffer, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		static_cast<uint8_t*>(buffer)[i] = uint8_t(chance(256));
	}
	return true;
}
void hal_heap_release(void* block)
{
	free(block);
}
void hal_panic(const char* message)
{
	check(false, message);
	abort();
}
}
