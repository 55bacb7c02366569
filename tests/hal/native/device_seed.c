/*
 * device_seed against a model of flash, with the power cut at every byte that is written and in every erasure, and
 * again while the device recovers. The noise is always the same: only what is in flash may make keys differ.
 *
 *     device_seed AREA SECTOR STARTS      AREA is a file as sming_host/board/seed.py makes it
 *
 * Says "N starts, N cuts, N failures".
 */
#include <device_seed.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST 8192u
#define MOST 1000u /* starts, and three more */
#define RECORD 40

static uint8_t flash[LARGEST];
static uint32_t sector, size;
static long budget = -1; /* bytes that can still be written, a sector counting as one; -1: no end */
static bool is_protected; /* the chip takes what is written without a word, and keeps what it has */
static uint32_t random_state = 1;
static unsigned failures;

static uint8_t used[MOST + 3][DEVICE_SEED_SIZE];
static unsigned used_count;

static uint32_t next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

static bool spend(void)
{
	return budget < 0 || budget-- > 0;
}

static void require_inside(uint32_t offset, size_t length)
{
	if(offset > size || length > size - offset) {
		printf("outside\n");
		exit(1);
	}
}

static bool read_flash(void* arg, uint32_t offset, void* data, size_t length)
{
	(void)arg;
	require_inside(offset, length);
	memcpy(data, flash + offset, length);
	return true;
}

static bool write_flash(void* arg, uint32_t offset, const void* data, size_t length)
{
	const uint8_t* bytes = data;
	(void)arg;
	require_inside(offset, length);
	for(size_t i = 0; i < length && !is_protected; ++i) {
		if((flash[offset + i] & bytes[i]) != bytes[i]) {
			printf("a bit is to be turned on at %u\n", (unsigned)(offset + i));
			exit(1);
		}
		if(!spend()) {
			/* The byte under way: none, some or all of its bits */
			flash[offset + i] &= (uint8_t)(bytes[i] | next_random());
			budget = 0;
			return false;
		}
		flash[offset + i] = bytes[i];
	}
	return true;
}

static bool erase_flash(void* arg, uint32_t offset)
{
	(void)arg;
	require_inside(offset, sector);
	if(is_protected) {
		return true;
	}
	if(!spend()) {
		for(unsigned i = 0; i < sector; ++i) {
			flash[offset + i] |= (uint8_t)(next_random() & next_random());
		}
		budget = 0;
		return false;
	}
	memset(flash + offset, 0xFF, sector);
	return true;
}

static settings_log_flash access;

static void fail(const char* what, unsigned start, long cut)
{
	printf("%s, start %u, cut %ld\n", what, start, cut);
	++failures;
}

static device_seed_result start_device(uint8_t key[DEVICE_SEED_SIZE])
{
	static const uint8_t noise[16];
	static const uint8_t zeros[DEVICE_SEED_SIZE];
	device_seed_result result = device_seed_next(&access, noise, sizeof(noise), key);
	if((result == DEVICE_SEED_OK) == (memcmp(key, zeros, sizeof(zeros)) == 0)) {
		fail("a key without success, or none with it", used_count, budget);
	}
	return result;
}

/* What is stored: version, starts, secret. */
static bool stored(uint8_t record[RECORD])
{
	uint8_t before[LARGEST];
	settings_log log;
	memcpy(before, flash, size);
	bool found = settings_log_mount(&log, &access) && settings_log_read(&log, "seed", 0, record, RECORD) == RECORD;
	memcpy(flash, before, size);
	return found;
}

static bool is_in_flash(const uint8_t* secret)
{
	for(uint32_t at = 0; at + DEVICE_SEED_SIZE <= size; ++at) {
		if(memcmp(flash + at, secret, DEVICE_SEED_SIZE) == 0) {
			return true;
		}
	}
	return false;
}

static bool was_used(const uint8_t* key)
{
	for(unsigned i = 0; i < used_count; ++i) {
		if(memcmp(used[i], key, DEVICE_SEED_SIZE) == 0) {
			return true;
		}
	}
	return false;
}

/* What is given out may have been used by the time the power goes. */
static device_seed_result start_and_use(uint8_t key[DEVICE_SEED_SIZE])
{
	device_seed_result result = start_device(key);
	if(result == DEVICE_SEED_OK) {
		memcpy(used[used_count++], key, DEVICE_SEED_SIZE);
	}
	return result;
}

/* Power is back after a cut, goes once more after `second` bytes, and stays. */
static void recover(unsigned start, long cut, long second)
{
	uint8_t key[DEVICE_SEED_SIZE], again[DEVICE_SEED_SIZE];
	budget = second;
	(void)start_and_use(key);
	budget = -1;
	if(start_device(key) != DEVICE_SEED_OK || start_device(again) != DEVICE_SEED_OK) {
		fail("the seed is lost", start, cut);
	} else if(was_used(key) || was_used(again) || memcmp(key, again, sizeof(key)) == 0) {
		fail("a key comes again", start, cut);
	}
}

/* Each bit of what is stored: a device whose seed is damaged must not go back to an older one. */
static void damage(unsigned start)
{
	uint8_t before[LARGEST], after[LARGEST], key[DEVICE_SEED_SIZE];
	memcpy(before, flash, size);
	uint8_t record[RECORD];
	if(!stored(record)) {
		fail("nothing is stored", start, -1);
		return;
	}
	for(uint32_t at = 0; at + RECORD <= size; ++at) {
		if(memcmp(before + at, record, RECORD) != 0) {
			continue;
		}
		/* Its header and name are before it */
		for(uint32_t bit = (at - 24) * 8; bit < (at + RECORD) * 8; ++bit) {
			memcpy(flash, before, size);
			flash[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if(start_device(key) != DEVICE_SEED_NONE) {
				fail("a damaged seed is taken", start, (long)bit);
			}
		}
	}
	/* Whatever stands there, nothing is written over it */
	for(uint32_t i = 0; i < size; ++i) {
		flash[i] = (uint8_t)next_random();
	}
	memcpy(after, flash, size);
	if(start_device(key) != DEVICE_SEED_NONE || memcmp(flash, after, size) != 0) {
		fail("noise is taken for a seed, or changed", start, -1);
	}
	memset(flash, 0xFF, size);
	if(start_device(key) != DEVICE_SEED_NONE) {
		fail("erased flash is taken for a seed", start, -1);
	}
	memcpy(flash, before, size);
	is_protected = true;
	if(start_device(key) != DEVICE_SEED_BROKEN || memcmp(flash, before, size) != 0) {
		fail("goes on although flash does not change", start, -1);
	}
	is_protected = false;
}

int main(int argc, char* argv[])
{
	FILE* file = argc == 4 ? fopen(argv[1], "rb") : NULL;
	if(file == NULL) {
		return 2;
	}
	size = (uint32_t)fread(flash, 1, sizeof(flash), file);
	fclose(file);
	sector = (uint32_t)atoi(argv[2]);
	unsigned starts = (unsigned)atoi(argv[3]);
	if(starts > MOST || sector == 0) {
		return 2;
	}
	access = (settings_log_flash){read_flash, write_flash, erase_flash, NULL, sector, size};
	unsigned long cuts = 0;
	for(unsigned start = 0; start < starts; ++start) {
		uint8_t before[LARGEST], record[RECORD], key[DEVICE_SEED_SIZE];
		memcpy(before, flash, size);
		if(!stored(record) || record[4] != (uint8_t)start || record[5] != (uint8_t)(start >> 8)) {
			fail("starts are not counted", start, -1);
		}
		/* Cut later and later, until the start is through */
		for(long cut = 0;; ++cut) {
			memcpy(flash, before, size);
			budget = cut;
			unsigned used_before = used_count;
			device_seed_result result = start_and_use(key);
			bool through = budget > 0;
			budget = -1;
			if(through) {
				used_count = used_before;
				if(result != DEVICE_SEED_OK) {
					fail("no key", start, cut);
				} else if(was_used(key)) {
					fail("a key comes again", start, cut);
				}
				memcpy(used[used_count++], key, sizeof(key));
				break;
			}
			++cuts;
			recover(start, cut, (long)(next_random() % 150));
			used_count = used_before;
		}
		if(is_in_flash(record + 8) || is_in_flash(key)) {
			fail("flash tells what was used", start, -1);
		}
	}
	damage(starts);
	printf("%u starts, %lu cuts, %u failures\n", starts, cuts, failures);
	return failures != 0;
}
