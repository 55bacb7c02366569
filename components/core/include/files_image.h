/**
 * files_image: the files that come with an application, as one read-only block in flash.
 *
 * sming_host/build/files_image.py makes it:
 *
 *     header   magic "SFI1", size of all, number of files, CRC-32 of what follows the header
 *     table    for each file: offset and length of its name, offset and length of its data; sorted by name
 *     names    without an end mark, one behind the other
 *     data     of each file, from an offset divisible by 4
 *
 * All numbers are little-endian 32-bit words, offsets count from the block's start. The block is read by aligned words
 * only: flash of some chips can be read no other way. Everything that the table says is checked against the block's
 * size when it is mounted, so that what is read later lies inside of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Characters of a name. */
#define FILES_IMAGE_MAX_NAME 127

/** Files in an image. */
#define FILES_IMAGE_MAX_FILES 1024

typedef struct {
	const uint32_t* words;
	uint32_t size;	/**< bytes, a multiple of 4 */
	uint32_t count; /**< files; 0 when nothing is mounted */
} files_image;

/** A file; from files_image_find() or files_image_at(). */
typedef struct {
	uint32_t name;
	uint32_t name_length;
	uint32_t data;
	uint32_t size; /**< of the data in bytes */
} files_image_entry;

/**
 * Check an image as a whole.
 * @param capacity bytes that may be read
 * @return false when it is damaged; it then has no files
 */
bool files_image_mount(files_image* image, const uint32_t* words, size_t capacity);

/** Look a file up. @return false when there is none of that name */
bool files_image_find(const files_image* image, const char* name, files_image_entry* entry);

/** The file at a place of the table. @return false beyond the last */
bool files_image_at(const files_image* image, uint32_t index, files_image_entry* entry);

/** Copy the name with a NUL behind it. @param name room for FILES_IMAGE_MAX_NAME + 1 characters */
void files_image_name(const files_image* image, const files_image_entry* entry, char* name);

/** Read a part of a file. @return bytes read, 0 from its end on */
size_t files_image_read(const files_image* image, const files_image_entry* entry, uint32_t offset, void* data,
						size_t length);

#ifdef __cplusplus
}
#endif
