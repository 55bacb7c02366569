/* The C library's heap is ours. */
#include "hal.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void* malloc(size_t size)
{
	return hal_heap_allocate(size);
}

void free(void* block)
{
	hal_heap_release(block);
}

void* calloc(size_t count, size_t size)
{
	void* block = size != 0 && count > SIZE_MAX / size ? NULL : hal_heap_allocate(count * size);
	if(block != NULL) {
		memset(block, 0, count * size);
	}
	return block;
}

void* realloc(void* block, size_t size)
{
	void* fresh = hal_heap_allocate(size);
	if(fresh != NULL && block != NULL) {
		/* In front of it stands the block's size with that word (heap.c) */
		size_t old = *((const uint32_t*)block - 1) - sizeof(uint32_t);
		memcpy(fresh, block, old < size ? old : size);
		hal_heap_release(block);
	}
	return fresh;
}
