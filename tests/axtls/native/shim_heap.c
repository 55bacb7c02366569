/* An allocator that counts, fails when it is told to, and looks at what is given back: no secret may be left in it. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "shim_parts.h"

#define FRESH 0xA5u /* what new memory is filled with */
#define SAMPLE 16
#define MAX_SAMPLES 24
#define MAX_ENGINES 64

static struct {
	uint32_t fail_at, count, unwiped;
	size_t held[8], total, peak, limit;
} heap;

/** All that there are, also while they are being made. */
static const axtls_engine *engines[MAX_ENGINES];

static void replace_engine(const axtls_engine *old, const axtls_engine *new)
{
	for (size_t i = 0; i < MAX_ENGINES; i++) {
		if (engines[i] == old) {
			engines[i] = new;
			return;
		}
	}
}

static bool is_engine(size_t size, axtls_memory_tag tag)
{
	return tag == AXTLS_MEMORY_SESSION && size == sizeof(axtls_engine);
}

/** Parts of the plaintext that engines were given last: none of it may be in records. */
static struct {
	const axtls_engine *engine; /**< that it is of; NULL: of none any more */
	uint8_t data[SAMPLE];
} samples[MAX_SAMPLES];
static size_t sample_count; /**< ever */

void shim_remember(const axtls_engine *engine, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < 3 && length >= SAMPLE; i++) {
		size_t at = sample_count++ % MAX_SAMPLES;
		samples[at].engine = engine;
		memcpy(samples[at].data, data + (length - SAMPLE) / 2 * i, SAMPLE);
	}
}

static void forget(const axtls_engine *engine)
{
	for (size_t i = 0; i < MAX_SAMPLES; i++) {
		if (samples[i].engine == engine) {
			samples[i].engine = NULL;
		}
	}
}

static bool contains(const uint8_t *block, size_t size, const uint8_t *part, size_t length)
{
	bool plain = true; /* what is only zeros or fresh memory tells nothing */
	for (size_t i = 0; i < length; i++) {
		plain = plain && (part[i] == 0 || part[i] == FRESH);
	}
	const uint8_t *end = block + size;
	while (!plain && (size_t)(end - block) >= length && (block = memchr(block, part[0], (size_t)(end - block))) != NULL) {
		if ((size_t)(end - block) >= length && memcmp(block, part, length) == 0) {
			return true;
		}
		block++;
	}
	return false;
}

static bool is_wiped(const uint8_t *bytes, size_t size, uint8_t unwritten)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0 && bytes[i] != unwritten) {
			return false;
		}
	}
	return true;
}

/** Records on their way are for anybody to see, if they are just that. */
static bool are_records(const axtls_engine *engine, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < MAX_SAMPLES; i++) {
		if (samples[i].engine == engine && contains(bytes, size, samples[i].data, SAMPLE)) {
			return false;
		}
	}
	return !contains(bytes, size, engine->session.master, sizeof(engine->session.master));
}

static bool is_clean(const uint8_t *block, size_t size, axtls_memory_tag tag)
{
	if (tag != AXTLS_MEMORY_RECORD_BUFFER) {
		return is_wiped(block, size, 0);
	}
	for (size_t i = 0; i < MAX_ENGINES; i++) {
		const axtls_engine *engine = engines[i];
		if (engine != NULL && engine->out_data == block) {
			const size_t finished = engine->out_closed;
			return are_records(engine, block, finished) && is_wiped(block + finished, size - finished, FRESH);
		}
	}
	return is_wiped(block, size, 0);
}

static void *allocate(void *param, size_t size, axtls_memory_tag tag)
{
	(void)param;
	heap.count++;
	if (heap.fail_at != 0 && --heap.fail_at == 0) {
		return NULL;
	}
	if (heap.limit != 0 && heap.total + size > heap.limit) {
		return NULL;
	}
	heap.held[tag] += size;
	heap.total += size;
	if (heap.total > heap.peak) {
		heap.peak = heap.total;
	}
	uint8_t *block = malloc(size);
	memset(block, FRESH, size);
	if (is_engine(size, tag)) {
		replace_engine(NULL, (const axtls_engine *)(void *)block);
	}
	return block;
}

static void release(void *param, void *block, size_t size, axtls_memory_tag tag)
{
	(void)param;
	heap.held[tag] -= size;
	heap.total -= size;
	if (!is_clean(block, size, tag)) {
		heap.unwiped++;
	}
	if (is_engine(size, tag)) {
		replace_engine(block, NULL);
		forget(block);
	}
	free(block);
}

const axtls_memory shim_memory = {allocate, release, NULL};

void shim_fail_allocation(uint32_t n)
{
	heap.fail_at = n;
}

void shim_limit_heap(size_t total)
{
	heap.limit = total;
}

uint32_t shim_allocations(void)
{
	return heap.count;
}

size_t shim_held(int tag)
{
	return tag < 0 ? heap.total : heap.held[tag];
}

size_t shim_peak(void)
{
	return heap.peak;
}

void shim_reset_peak(void)
{
	heap.peak = heap.total;
}

uint32_t shim_unwiped(void)
{
	return heap.unwiped;
}
