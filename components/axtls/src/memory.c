#include "internal.h"
#include <stdlib.h>
#include <string.h>

static void *default_allocate(void *param, size_t size, axtls_memory_tag tag)
{
	(void)param;
	(void)tag;
	return malloc(size);
}

static void default_release(void *param, void *block, size_t size, axtls_memory_tag tag)
{
	(void)param;
	(void)size;
	(void)tag;
	free(block);
}

const axtls_memory axtls_memory_default = {default_allocate, default_release, NULL};

void axtls_wipe(void *data, size_t size)
{
	memset(data, 0, size);
	/* The compiler must assume that the bytes are read here */
	__asm__ volatile("" : : "r"(data) : "memory");
}

void *tls_allocate(axtls_engine *engine, size_t size, axtls_memory_tag tag)
{
	const axtls_memory *memory = engine->settings->memory;
	return memory->allocate(memory->param, size, tag);
}

void tls_release(axtls_engine *engine, void *block, size_t size, axtls_memory_tag tag)
{
	const axtls_memory *memory = engine->settings->memory;
	if (block != NULL) {
		axtls_wipe(block, size);
		memory->release(memory->param, block, size, tag);
	}
}

bool tls_equal(const uint8_t *a, const uint8_t *b, size_t length)
{
	uint32_t difference = 0;
	for (size_t i = 0; i < length; i++) {
		difference |= (uint32_t)(a[i] ^ b[i]);
	}
	return difference == 0;
}
