/*
 * files_image under sanitizers. `files_image PATH` prints what an image holds; `files_image PATH damage N` mounts it
 * N times with damage, its checksum wrong or made right again, and reads all that is then found: "N damaged, N
 * mounted". The image lies in a block of exactly its size, so that a read outside of it is seen.
 */
#include "crc32.h"
#include <files_image.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

/* Reads every file in pieces and by its name. */
static uint32_t read_all(const files_image* image, bool print)
{
	files_image_entry entry;
	uint32_t sum = 0;
	for(uint32_t i = 0; files_image_at(image, i, &entry); ++i) {
		char name[FILES_IMAGE_MAX_NAME + 1];
		files_image_name(image, &entry, name);
		files_image_entry found;
		if(!files_image_find(image, name, &found) || found.data != entry.data || found.size != entry.size) {
			printf("%s is not found by its name\n", name);
			exit(1);
		}
		uint32_t crc = 0;
		uint32_t offset = 0;
		uint8_t block[37];
		size_t part;
		while((part = files_image_read(image, &entry, offset, block, 1 + i % sizeof(block))) > 0) {
			crc = sming_crc32(crc, block, part);
			offset += (uint32_t)part;
		}
		if(offset != entry.size || files_image_read(image, &entry, 0xFFFFFFFFu, block, sizeof(block)) != 0) {
			printf("%s: %u of %u bytes\n", name, (unsigned)offset, (unsigned)entry.size);
			exit(1);
		}
		sum ^= crc;
		if(print) {
			printf("%s %u %08x\n", name, (unsigned)offset, (unsigned)crc);
		}
	}
	return sum;
}

static void damage(const uint8_t* good, size_t size, unsigned count)
{
	unsigned mounted = 0;
	for(unsigned i = 0; i < count; ++i) {
		/* One time in four cut off */
		size_t length = next_random() % 4 == 0 ? next_random() % (size + 1) : size;
		uint32_t* words = malloc(length + 1); /* not 0 */
		if(words == NULL) {
			exit(1);
		}
		uint32_t* block = length == 0 ? words : realloc(words, length);
		uint8_t* bytes = (uint8_t*)block;
		memcpy(bytes, good, length);
		for(unsigned changes = next_random() % 4; changes > 0 && length > 0; --changes) {
			/* Mostly in header and table, where it matters */
			size_t at = next_random() % (next_random() % 4 == 0 ? length : length < 150 ? length : 150);
			bytes[at] = (uint8_t)(next_random() % 3 == 0 ? 0xFF : next_random());
		}
		if(length >= 16 && next_random() % 8 != 0) {
			if(length < size) {
				block[1] = (uint32_t)length;
			}
			block[3] = sming_crc32(0, bytes + 16, length - 16);
		}
		files_image image;
		if(files_image_mount(&image, block, length)) {
			++mounted;
		} else if(image.count != 0) {
			printf("files in what was refused\n");
			exit(1);
		}
		read_all(&image, false);
		free(block);
	}
	printf("%u damaged, %u mounted\n", count, mounted);
}

int main(int argc, char** argv)
{
	FILE* file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	if(file == NULL || fseek(file, 0, SEEK_END) != 0) {
		return 2;
	}
	long size = ftell(file);
	uint32_t* words = size > 0 ? malloc((size_t)size) : NULL;
	rewind(file);
	if(words == NULL || fread(words, 1, (size_t)size, file) != (size_t)size) {
		return 2;
	}
	fclose(file);
	files_image image;
	bool good = files_image_mount(&image, words, (size_t)size);
	if(argc > 3) {
		damage((const uint8_t*)words, (size_t)size, (unsigned)atoi(argv[3]));
	} else if(!good) {
		printf("refused\n");
	} else {
		read_all(&image, true);
		files_image_entry entry;
		printf("%u files, %d\n", (unsigned)image.count,
			   files_image_find(&image, "", &entry) || files_image_find(&image, "no such file", &entry));
	}
	free(words);
	return 0;
}
