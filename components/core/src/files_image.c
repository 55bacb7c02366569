#include "files_image.h"
#include "crc32.h"

#define MAGIC 0x31494653u /* "SFI1" */
#define HEADER 16u
#define ROW 16u
#define BLOCK 64u

static uint32_t get32(const files_image* image, uint32_t offset)
{
	/* All chips of the table, and the host, are little-endian */
	return image->words[offset / 4];
}

/* Copy bytes out of the words that they lie in. The caller has checked that they do. */
static void copy(const files_image* image, uint32_t offset, uint8_t* to, uint32_t length)
{
	while(length > 0) {
		uint32_t word = get32(image, offset) >> (8 * (offset % 4));
		do {
			*to++ = (uint8_t)word;
			word >>= 8;
			++offset;
			--length;
		} while(length > 0 && offset % 4 != 0);
	}
}

static uint8_t byte_at(const files_image* image, uint32_t offset)
{
	return (uint8_t)(get32(image, offset) >> (8 * (offset % 4)));
}

static bool is_inside(const files_image* image, uint32_t offset, uint32_t length)
{
	return offset >= HEADER && offset <= image->size && length <= image->size - offset;
}

static uint32_t checksum(const files_image* image)
{
	uint8_t block[BLOCK];
	uint32_t crc = 0;
	for(uint32_t offset = HEADER; offset < image->size;) {
		uint32_t left = image->size - offset;
		uint32_t part = left < BLOCK ? left : BLOCK;
		copy(image, offset, block, part);
		crc = sming_crc32(crc, block, part);
		offset += part;
	}
	return crc;
}

static files_image_entry row(const files_image* image, uint32_t index)
{
	uint32_t at = HEADER + index * ROW;
	files_image_entry entry = {get32(image, at), get32(image, at + 4), get32(image, at + 8), get32(image, at + 12)};
	return entry;
}

/* Order of names: by their bytes, a shorter one before what it begins. */
static int order(const files_image* image, const files_image_entry* a, const files_image_entry* b)
{
	for(uint32_t i = 0; i < a->name_length && i < b->name_length; ++i) {
		int difference = (int)byte_at(image, a->name + i) - (int)byte_at(image, b->name + i);
		if(difference != 0) {
			return difference;
		}
	}
	return (int)a->name_length - (int)b->name_length;
}

static bool has_nul(const files_image* image, const files_image_entry* entry)
{
	for(uint32_t i = 0; i < entry->name_length; ++i) {
		if(byte_at(image, entry->name + i) == 0) {
			return true;
		}
	}
	return false;
}

static bool check(const files_image* image)
{
	for(uint32_t i = 0; i < image->count; ++i) {
		files_image_entry entry = row(image, i);
		if(entry.name_length == 0 || entry.name_length > FILES_IMAGE_MAX_NAME ||
		   !is_inside(image, entry.name, entry.name_length) || !is_inside(image, entry.data, entry.size) ||
		   has_nul(image, &entry)) {
			return false;
		}
		files_image_entry before = row(image, i == 0 ? 0 : i - 1);
		// What is looked up by halving must be in order
		if(i > 0 && order(image, &before, &entry) >= 0) {
			return false;
		}
	}
	return true;
}

bool files_image_mount(files_image* image, const uint32_t* words, size_t capacity)
{
	image->words = words;
	image->size = 0;
	image->count = 0;
	if(capacity < HEADER || words[0] != MAGIC || words[1] < HEADER || words[1] > capacity || words[1] % 4 != 0) {
		return false;
	}
	image->size = words[1];
	uint32_t count = words[2];
	if(count > FILES_IMAGE_MAX_FILES || count > (image->size - HEADER) / ROW || words[3] != checksum(image)) {
		return false;
	}
	image->count = count;
	if(!check(image)) {
		image->count = 0;
		return false;
	}
	return true;
}

/* As order(), with a name that is not in the image. */
static int compare(const files_image* image, const files_image_entry* entry, const char* name)
{
	for(uint32_t i = 0; i < entry->name_length; ++i) {
		int difference = (int)byte_at(image, entry->name + i) - (int)(uint8_t)name[i];
		if(difference != 0) {
			return difference; // also at the end of `name`: no name has a NUL
		}
	}
	return name[entry->name_length] == '\0' ? 0 : -1;
}

bool files_image_find(const files_image* image, const char* name, files_image_entry* entry)
{
	uint32_t from = 0;
	uint32_t to = image->count;
	while(from < to) {
		uint32_t middle = from + (to - from) / 2;
		*entry = row(image, middle);
		int difference = compare(image, entry, name);
		if(difference == 0) {
			return true;
		}
		if(difference < 0) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return false;
}

bool files_image_at(const files_image* image, uint32_t index, files_image_entry* entry)
{
	if(index >= image->count) {
		return false;
	}
	*entry = row(image, index);
	return true;
}

void files_image_name(const files_image* image, const files_image_entry* entry, char* name)
{
	copy(image, entry->name, (uint8_t*)name, entry->name_length);
	name[entry->name_length] = '\0';
}

size_t files_image_read(const files_image* image, const files_image_entry* entry, uint32_t offset, void* data,
						size_t length)
{
	uint32_t left = offset < entry->size ? entry->size - offset : 0;
	uint32_t part = length < left ? (uint32_t)length : left;
	copy(image, entry->data + offset, data, part);
	return part;
}
