/*
 * The heap: all memory between the variables and the stack.
 *
 * Blocks lie one behind the other, each with its size in front; free ones are chained by address, and neighbours
 * are joined. The smallest that fits is taken: small requests do not eat up the room of a record buffer.
 */
#include "hal.h"
#include "hal_chip.h"
#include <stdint.h>

#define ALIGNMENT 8u

/* Size of the block with this word, in bytes; it stands just in front of an address that is aligned */
typedef uint32_t header_t;

struct free_block {
	header_t size;
	struct free_block* next;
};

#define SMALLEST 16u

/*
 * For the network alone: a few packets. An application that takes all it can get would otherwise leave no room for
 * the acknowledgement that lets its own data go.
 */
#define NETWORK_RESERVE 2048u

static struct free_block* first;

/* Bytes; not static, because emulators read them by name */
size_t chip_heap_total, chip_heap_unused, chip_heap_least_unused;

static uintptr_t round_up(uintptr_t value)
{
	return (value + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
}

void chip_heap_start(void* begin, void* end)
{
	uintptr_t low = round_up((uintptr_t)begin + sizeof(header_t)) - sizeof(header_t);
	size_t size = ((uintptr_t)end - low) & ~(size_t)(ALIGNMENT - 1);
	first = (struct free_block*)low;
	first->size = (header_t)size;
	first->next = NULL;
	chip_heap_total = chip_heap_unused = chip_heap_least_unused = size;
}

void* hal_heap_allocate(size_t size)
{
	return size < chip_heap_unused && chip_heap_unused - size > NETWORK_RESERVE ? chip_heap_take(size) : NULL;
}

void* chip_heap_take(size_t size)
{
	if(size > chip_heap_total) {
		return NULL;
	}
	size_t wanted = round_up(size + sizeof(header_t));
	if(wanted < SMALLEST) {
		wanted = SMALLEST;
	}
	struct free_block** best = NULL;
	for(struct free_block** link = &first; *link != NULL; link = &(*link)->next) {
		if((*link)->size >= wanted && (best == NULL || (*link)->size < (*best)->size)) {
			best = link;
			if((*link)->size == wanted) {
				break;
			}
		}
	}
	if(best == NULL) {
		return NULL;
	}
	struct free_block* block = *best;
	if(block->size - wanted >= SMALLEST) {
		struct free_block* rest = (struct free_block*)((uintptr_t)block + wanted);
		rest->size = (header_t)(block->size - wanted);
		rest->next = block->next;
		*best = rest;
		block->size = (header_t)wanted;
	} else {
		*best = block->next;
	}
	chip_heap_unused -= block->size;
	if(chip_heap_unused < chip_heap_least_unused) {
		chip_heap_least_unused = chip_heap_unused;
	}
	return (header_t*)block + 1;
}

static void join(struct free_block* block)
{
	if(block->next != NULL && (uintptr_t)block + block->size == (uintptr_t)block->next) {
		block->size += block->next->size;
		block->next = block->next->next;
	}
}

void hal_heap_release(void* memory)
{
	if(memory == NULL) {
		return;
	}
	struct free_block* block = (struct free_block*)((header_t*)memory - 1);
	chip_heap_unused += block->size;
	struct free_block* before = NULL;
	for(struct free_block* at = first; at != NULL && at < block; at = at->next) {
		before = at;
	}
	if(before == NULL) {
		block->next = first;
		first = block;
		join(block);
		return;
	}
	block->next = before->next;
	before->next = block;
	join(block);
	join(before);
}

size_t hal_heap_free(void)
{
	return chip_heap_unused > NETWORK_RESERVE ? chip_heap_unused - NETWORK_RESERVE : 0;
}

size_t hal_heap_total(void)
{
	return chip_heap_total;
}
