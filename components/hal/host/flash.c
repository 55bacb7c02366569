/*
 * Flash: 4 MB of memory, or a file. Behaves as NOR flash does: writing turns bits off, erasing a sector turns
 * them on again, so that a program that forgets to erase fails here as on a chip.
 */
#include "hal.h"
#include "hal_host.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 4096u
#define DEFAULT_SIZE (4u << 20)

static uint8_t* image; /* NULL until first use */
static uint32_t image_size = DEFAULT_SIZE;

static bool ready(void)
{
	if(image == NULL) {
		void* memory = mmap(NULL, image_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if(memory == MAP_FAILED) {
			return false;
		}
		memset(memory, 0xFF, image_size);
		image = memory;
	}
	return true;
}

static bool inside(uint32_t offset, size_t length)
{
	return offset <= image_size && length <= image_size - offset;
}

uint32_t hal_flash_size(void)
{
	return image_size;
}

uint32_t hal_flash_sector_size(void)
{
	return SECTOR;
}

bool hal_flash_read(uint32_t offset, void* data, size_t length)
{
	if(!inside(offset, length) || !ready()) {
		return false;
	}
	memcpy(data, image + offset, length);
	return true;
}

bool hal_flash_write(uint32_t offset, const void* data, size_t length)
{
	if(!inside(offset, length) || !ready()) {
		return false;
	}
	const uint8_t* bytes = data;
	for(size_t i = 0; i < length; ++i) {
		image[offset + i] &= bytes[i];
	}
	return true;
}

bool hal_flash_erase(uint32_t offset)
{
	if(offset % SECTOR != 0 || !inside(offset, SECTOR) || !ready()) {
		return false;
	}
	memset(image + offset, 0xFF, SECTOR);
	return true;
}

static void close_image(void)
{
	if(image != NULL) {
		munmap(image, image_size);
	}
	image = NULL;
	image_size = DEFAULT_SIZE;
}

bool hal_host_set_flash_file(const char* path, uint32_t size)
{
	if(size == 0 || size % SECTOR != 0) {
		errno = EINVAL;
		return false;
	}
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if(fd < 0) {
		return false;
	}
	struct stat info;
	void* memory = MAP_FAILED;
	if(fstat(fd, &info) == 0 && (info.st_size >= (off_t)size || ftruncate(fd, (off_t)size) == 0)) {
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	int error = errno;
	close(fd);
	if(memory == MAP_FAILED) {
		errno = error;
		return false;
	}
	if(info.st_size < (off_t)size) {
		memset((uint8_t*)memory + info.st_size, 0xFF, size - (size_t)info.st_size);
	}
	close_image();
	image = memory;
	image_size = size;
	return true;
}
