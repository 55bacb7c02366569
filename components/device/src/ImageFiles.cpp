/*
 * Files of a chip that does not write to flash: the image that the build has made of the application's folder `files`.
 * Everything that writes fails with FileError::readOnly.
 */
#include "Files.h"
#include <files_image.h>

namespace Device
{
namespace
{
constexpr int maxOpen = 8;
constexpr int readOnly = int(FileError::readOnly);
constexpr int badHandle = int(FileError::badHandle);

class ImageFiles final : public FileStore
{
public:
	bool mount() override
	{
		return files_image_mount(&image, sming_files_image, sming_files_image_size);
	}

	void unmount() override
	{
		for(auto& file : files) {
			file.used = false;
		}
	}

	int open(const char* name, FileOpenFlags flags) override
	{
		if((flags & eFO_WriteOnly) != 0) {
			return readOnly;
		}
		for(int handle = 0; handle < maxOpen; ++handle) {
			auto& file = files[handle];
			if(!file.used) {
				file.used = files_image_find(&image, name, &file.entry);
				file.position = 0;
				return file.used ? handle : int(FileError::notFound);
			}
		}
		return int(FileError::noMemory);
	}

	void close(int handle) override
	{
		if(isOpen(handle)) {
			files[handle].used = false;
		}
	}

	int read(int handle, void* data, size_t size) override
	{
		if(!isOpen(handle)) {
			return badHandle;
		}
		auto& file = files[handle];
		size_t count = files_image_read(&image, &file.entry, file.position, data, size);
		file.position += uint32_t(count);
		return int(count);
	}

	int write(int handle, const void*, size_t) override
	{
		return isOpen(handle) ? readOnly : badHandle;
	}

	int seek(int handle, uint32_t position) override
	{
		if(!isOpen(handle)) {
			return badHandle;
		}
		files[handle].position = position;
		return int(position);
	}

	int tell(int handle) override
	{
		return isOpen(handle) ? int(files[handle].position) : badHandle;
	}

	int size(int handle) override
	{
		return isOpen(handle) ? int(files[handle].entry.size) : badHandle;
	}

	int flush(int handle) override
	{
		return isOpen(handle) ? 0 : badHandle;
	}

	int replace(const char*, const void*, size_t) override
	{
		return readOnly;
	}

	int sizeOf(const char* name) override
	{
		files_image_entry entry;
		return files_image_find(&image, name, &entry) ? int(entry.size) : int(FileError::notFound);
	}

	int remove(const char* name) override
	{
		return (sizeOf(name) < 0) ? int(FileError::notFound) : readOnly;
	}

	int rename(const char* oldName, const char*) override
	{
		return remove(oldName);
	}

	int list(void (*callback)(const char* name, void* arg), void* arg) override
	{
		char name[FILES_IMAGE_MAX_NAME + 1];
		files_image_entry entry;
		uint32_t index = 0;
		for(; files_image_at(&image, index, &entry); ++index) {
			files_image_name(&image, &entry, name);
			callback(name, arg);
		}
		return int(index);
	}

private:
	struct Open {
		bool used;
		files_image_entry entry;
		uint32_t position;
	};

	bool isOpen(int handle) const
	{
		return unsigned(handle) < maxOpen && files[handle].used;
	}

	files_image image = {};
	Open files[maxOpen] = {};
};

} // namespace

FileStore& files()
{
	static ImageFiles instance;
	return instance;
}

} // namespace Device
