/*
 * settings_log against a model, with the power cut at every byte that is written and in every erasure. Says
 * "N cuts, N failures".
 */
#include <settings_log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512u
#define SIZE (4 * SECTOR)
#define FILES 4
#define LARGEST 300

static uint8_t flash[SIZE];
static long budget = -1; /* bytes that can still be written, a sector counting as one; -1: no end */
static uint32_t random_state = 1;
static unsigned failures;

static uint32_t next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

static bool spend(void)
{
	return budget < 0 || budget-- > 0;
}

static bool read_flash(void* arg, uint32_t offset, void* data, size_t length)
{
	(void)arg;
	if(offset > SIZE || length > SIZE - offset) {
		printf("read outside\n");
		exit(1);
	}
	memcpy(data, flash + offset, length);
	return true;
}

static bool write_flash(void* arg, uint32_t offset, const void* data, size_t length)
{
	const uint8_t* bytes = data;
	(void)arg;
	if(offset > SIZE || length > SIZE - offset) {
		printf("write outside\n");
		exit(1);
	}
	for(size_t i = 0; i < length; ++i) {
		if(flash[offset + i] != 0xFF) {
			printf("written twice at %u\n", (unsigned)(offset + i));
			exit(1);
		}
		if(!spend()) {
			/* The byte under way: none, some or all of its bits */
			flash[offset + i] &= (uint8_t)(bytes[i] | next_random());
			budget = 0;
			return false;
		}
		flash[offset + i] &= bytes[i];
	}
	return true;
}

static bool erase_flash(void* arg, uint32_t offset)
{
	(void)arg;
	if(offset % SECTOR != 0 || offset >= SIZE) {
		printf("erase outside\n");
		exit(1);
	}
	if(!spend()) {
		/* Half-way: some bits are set already, here and there */
		for(unsigned i = 0; i < SECTOR; ++i) {
			flash[offset + i] |= (uint8_t)(next_random() & next_random());
		}
		budget = 0;
		return false;
	}
	memset(flash + offset, 0xFF, SECTOR);
	return true;
}

static const settings_log_flash access = {read_flash, write_flash, erase_flash, NULL, SECTOR, SIZE};

typedef struct {
	int length; /* -1: no such file */
	uint8_t data[LARGEST];
} file;

typedef struct {
	file files[FILES];
} model;

static const char* const names[FILES] = {"a", "settings.json", "sub/folder/b", "0123456789012345678901234567890123456789012345678901234567890123"};

static bool same(const settings_log* log, unsigned i, const file* expected)
{
	uint8_t data[LARGEST + 1];
	int32_t size = settings_log_size(log, names[i]);
	if(expected->length < 0) {
		return size == SETTINGS_LOG_NOT_FOUND;
	}
	return size == expected->length && settings_log_read(log, names[i], 0, data, sizeof(data)) == size &&
		   memcmp(data, expected->data, (size_t)size) == 0;
}

static bool count_file(void* arg, const char* name, uint32_t size)
{
	(void)size;
	for(unsigned i = 0; i < FILES; ++i) {
		if(strcmp(name, names[i]) == 0) {
			++*(unsigned*)arg;
		}
	}
	return true;
}

static void fail(const char* what, unsigned step, long cut)
{
	printf("%s, step %u, cut %ld\n", what, step, cut);
	++failures;
}

/* One change of one file. @return what it is to be afterwards */
static settings_log_result change(settings_log* log, unsigned i, const file* next)
{
	return next->length < 0 ? settings_log_remove(log, names[i])
							: settings_log_write(log, names[i], next->data, (size_t)next->length);
}

int main(int argc, char* argv[])
{
	unsigned steps = argc > 1 ? (unsigned)atoi(argv[1]) : 60;
	unsigned long cuts = 0;
	settings_log log;
	model state;
	for(unsigned i = 0; i < SIZE; ++i) {
		flash[i] = (uint8_t)next_random(); /* used by something else before */
	}
	for(unsigned i = 0; i < FILES; ++i) {
		state.files[i].length = -1;
	}
	if(!settings_log_mount(&log, &access)) {
		fail("mount", 0, 0);
	}
	for(unsigned step = 0; step < steps; ++step) {
		unsigned i = next_random() % FILES;
		file next;
		next.length = next_random() % 5 == 0 ? -1 : (int)(next_random() % (step % 7 == 0 ? LARGEST : 90));
		for(unsigned k = 0; k < LARGEST; ++k) {
			next.data[k] = (uint8_t)next_random();
		}
		uint8_t before[SIZE];
		memcpy(before, flash, SIZE);
		settings_log_result result = SETTINGS_LOG_DEVICE;
		/* Cut later and later, until the change is through */
		for(long cut = 0;; ++cut) {
			memcpy(flash, before, SIZE);
			if(!settings_log_mount(&log, &access)) {
				fail("mount before", step, cut);
				break;
			}
			budget = cut;
			result = change(&log, i, &next);
			bool through = budget > 0 || result != SETTINGS_LOG_DEVICE;
			budget = -1;
			if(through) {
				break;
			}
			++cuts;
			/* Power is back, and perhaps gone again while the store is looked at or written to */
			if(!settings_log_mount(&log, &access)) {
				fail("mount after", step, cut);
				continue;
			}
			bool old = same(&log, i, &state.files[i]);
			if(!old && !same(&log, i, &next)) {
				fail("neither old nor new", step, cut);
			}
			for(unsigned other = 0; other < FILES; ++other) {
				if(other != i && !same(&log, other, &state.files[other])) {
					fail("another file changed", step, cut);
				}
			}
			/* It can be gone on with */
			result = change(&log, i, &next);
			bool gone = next.length < 0 && result == SETTINGS_LOG_NOT_FOUND;
			if(result != SETTINGS_LOG_OK && !gone && result != SETTINGS_LOG_NO_SPACE) {
				fail("cannot go on", step, cut);
			}
			if(result == SETTINGS_LOG_OK && (!same(&log, i, &next) || !settings_log_mount(&log, &access) || !same(&log, i, &next))) {
				fail("not stored", step, cut);
			}
		}
		if(result == SETTINGS_LOG_OK) {
			state.files[i] = next;
		} else if(result != SETTINGS_LOG_NO_SPACE && !(result == SETTINGS_LOG_NOT_FOUND && next.length < 0)) {
			fail("refused", step, -1);
		}
		unsigned expected = 0, listed = 0;
		for(unsigned k = 0; k < FILES; ++k) {
			expected += state.files[k].length >= 0;
			if(!same(&log, k, &state.files[k])) {
				fail("wrong contents", step, -1);
			}
		}
		if(settings_log_list(&log, count_file, &listed) != SETTINGS_LOG_OK || listed != expected) {
			fail("wrong list", step, -1);
		}
	}
	printf("%lu cuts, %u failures\n", cuts, failures);
	return failures != 0;
}
