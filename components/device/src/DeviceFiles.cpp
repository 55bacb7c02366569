#include "DeviceFiles.h"
#include <cstring>
#include <hal.h>
#include <hal_chip.h>
#include <new>

namespace Device
{
namespace
{
// Results of settings_log are those of FileError
static_assert(SETTINGS_LOG_NOT_FOUND == int(FileError::notFound), "results differ");
static_assert(SETTINGS_LOG_BAD_NAME == int(FileError::badName), "results differ");
static_assert(SETTINGS_LOG_NO_SPACE == int(FileError::noSpace), "results differ");
static_assert(SETTINGS_LOG_DEVICE == int(FileError::device), "results differ");

// Room that a growing file takes more than it needs
constexpr size_t growth = 64;

int code(FileError error)
{
	return int(error);
}

} // namespace

FileStore& files()
{
	static DeviceFiles instance;
	return instance;
}

bool DeviceFiles::readFlash(void* arg, uint32_t offset, void* data, size_t length)
{
	return hal_flash_read(static_cast<DeviceFiles*>(arg)->area + offset, data, length);
}

bool DeviceFiles::writeFlash(void* arg, uint32_t offset, const void* data, size_t length)
{
	return hal_flash_write(static_cast<DeviceFiles*>(arg)->area + offset, data, length);
}

bool DeviceFiles::eraseFlash(void* arg, uint32_t offset)
{
	return hal_flash_erase(static_cast<DeviceFiles*>(arg)->area + offset);
}

bool DeviceFiles::mount()
{
	// Without a sound image what is in the settings can still be had
	bool found = files_image_mount(&image, sming_files_image, sming_files_image_size);
	uint32_t size;
	writable = false;
	if(chip_settings_area(&area, &size)) {
		settings_log_flash flash = {readFlash, writeFlash, eraseFlash, this, hal_flash_sector_size(), size};
		writable = settings_log_mount(&settings, &flash);
	}
	mounted = found || writable;
	return mounted;
}

void DeviceFiles::unmount()
{
	for(int i = 0; i < maxOpen; ++i) {
		close(i);
	}
	mounted = false;
}

DeviceFiles::Open* DeviceFiles::find(int handle)
{
	return (handle >= 0 && handle < maxOpen) ? files[handle] : nullptr;
}

int DeviceFiles::sizeOf(const char* name)
{
	int size = writable ? settings_log_size(&settings, name) : code(FileError::notFound);
	files_image_entry entry;
	if(size == code(FileError::notFound) && files_image_find(&image, name, &entry)) {
		size = int(entry.size);
	}
	return size;
}

int DeviceFiles::sizeOf(const Open& file)
{
	return (file.data != nullptr) ? int(file.size)
		   : file.inSettings	  ? settings_log_size(&settings, file.name)
								  : int(file.entry.size);
}

int DeviceFiles::readAt(const Open& file, uint32_t offset, void* data, size_t size)
{
	if(file.data != nullptr) {
		uint32_t left = (offset < file.size) ? file.size - offset : 0;
		uint32_t part = (size < left) ? uint32_t(size) : left;
		memcpy(data, file.data + offset, part);
		return int(part);
	}
	return file.inSettings ? int(settings_log_read(&settings, file.name, offset, data, size))
						   : int(files_image_read(&image, &file.entry, offset, data, size));
}

bool DeviceFiles::grow(Open& file, size_t size)
{
	if(file.data != nullptr && size <= file.room) {
		return true;
	}
	auto data = new(std::nothrow) uint8_t[size + growth];
	if(data == nullptr) {
		return false;
	}
	if(file.data != nullptr) {
		memcpy(data, file.data, file.size);
	}
	delete[] file.data;
	file.data = data;
	file.room = uint32_t(size + growth);
	return true;
}

// Take what is there into memory, to be changed.
int DeviceFiles::load(Open& file)
{
	int size = sizeOf(file);
	if(size < 0) {
		return size;
	}
	// Larger than the settings area: it could not be written back
	if(uint32_t(size) > settings.flash.size) {
		return code(FileError::noSpace);
	}
	auto data = new(std::nothrow) uint8_t[size_t(size) + growth];
	if(data == nullptr) {
		return code(FileError::noMemory);
	}
	bool complete = readAt(file, 0, data, size_t(size)) == size;
	file.data = data;
	file.size = uint32_t(size);
	file.room = uint32_t(size + growth);
	return complete ? 0 : code(FileError::device);
}

void DeviceFiles::forget(int handle)
{
	delete[] files[handle]->data;
	delete files[handle];
	files[handle] = nullptr;
}

// Find what a new handle is for. A file that is written is taken into memory.
int DeviceFiles::prepare(Open& file)
{
	bool writes = (file.flags & eFO_WriteOnly) != 0;
	file.inSettings = writable && settings_log_size(&settings, file.name) >= 0;
	bool exists = file.inSettings || files_image_find(&image, file.name, &file.entry);
	if(!exists && !(writes && (file.flags & eFO_CreateIfNotExist) != 0)) {
		return code(FileError::notFound);
	}
	if(writes && exists && (file.flags & eFO_Truncate) == 0) {
		return load(file);
	}
	file.changed = writes;
	return (!writes || grow(file, 0)) ? 0 : code(FileError::noMemory);
}

int DeviceFiles::open(const char* name, FileOpenFlags flags)
{
	bool writes = (flags & eFO_WriteOnly) != 0;
	size_t length = strlen(name);
	if(writes && !writable) {
		return code(FileError::readOnly);
	}
	if(length > (writes ? SETTINGS_LOG_MAX_NAME : FILES_IMAGE_MAX_NAME)) {
		return code(writes ? FileError::badName : FileError::notFound);
	}
	int handle = 0;
	while(handle < maxOpen && files[handle] != nullptr) {
		++handle;
	}
	auto file = (handle < maxOpen) ? new(std::nothrow) Open{} : nullptr;
	if(file == nullptr) {
		return code(FileError::noMemory);
	}
	files[handle] = file;
	file->flags = flags;
	memcpy(file->name, name, length + 1);
	int error = prepare(*file);
	if(error < 0) {
		forget(handle);
		return error;
	}
	return handle;
}

void DeviceFiles::close(int handle)
{
	auto file = find(handle);
	if(file != nullptr) {
		flush(handle);
		forget(handle);
	}
}

int DeviceFiles::read(int handle, void* data, size_t size)
{
	auto file = find(handle);
	if(file == nullptr || (file->flags & eFO_ReadOnly) == 0) {
		return code(FileError::badHandle);
	}
	int count = readAt(*file, file->position, data, size);
	file->position += (count > 0) ? uint32_t(count) : 0;
	return count;
}

int DeviceFiles::write(int handle, const void* data, size_t size)
{
	auto file = find(handle);
	if(file == nullptr || file->data == nullptr) {
		return code(file == nullptr ? FileError::badHandle : FileError::readOnly);
	}
	uint32_t at = (file->flags & eFO_Append) != 0 ? file->size : file->position;
	if(size > settings.flash.size - at) {
		return code(FileError::noSpace);
	}
	if(!grow(*file, at + size)) {
		return code(FileError::noMemory);
	}
	memcpy(file->data + at, data, size);
	file->position = at + uint32_t(size);
	file->size = (file->position > file->size) ? file->position : file->size;
	file->changed = true;
	return int(size);
}

int DeviceFiles::seek(int handle, uint32_t position)
{
	auto file = find(handle);
	if(file == nullptr) {
		return code(FileError::badHandle);
	}
	file->position = position;
	return int(position);
}

int DeviceFiles::tell(int handle)
{
	auto file = find(handle);
	return (file == nullptr) ? code(FileError::badHandle) : int(file->position);
}

int DeviceFiles::size(int handle)
{
	auto file = find(handle);
	return (file == nullptr) ? code(FileError::badHandle) : sizeOf(*file);
}

int DeviceFiles::flush(int handle)
{
	auto file = find(handle);
	if(file == nullptr) {
		return code(FileError::badHandle);
	}
	if(!file->changed) {
		return 0;
	}
	int result = settings_log_write(&settings, file->name, file->data, file->size);
	file->changed = result < 0;
	return result;
}

int DeviceFiles::replace(const char* name, const void* data, size_t size)
{
	if(!writable) {
		return code(FileError::readOnly);
	}
	int error = settings_log_write(&settings, name, (data == nullptr) ? "" : data, size);
	return (error < 0) ? error : int(size);
}

int DeviceFiles::remove(const char* name)
{
	int error = writable ? int(settings_log_remove(&settings, name)) : code(FileError::notFound);
	files_image_entry entry;
	bool below = error == code(FileError::notFound) && files_image_find(&image, name, &entry);
	return below ? code(FileError::readOnly) : error;
}

// The new one is there before the old one goes: a power cut between leaves both.
int DeviceFiles::rename(const char* oldName, const char* newName)
{
	int handle = open(oldName, eFO_ReadOnly);
	auto file = find(handle);
	if(file == nullptr) {
		return handle;
	}
	int error = !file->inSettings ? code(FileError::readOnly) : load(*file);
	if(error == 0 && strcmp(oldName, newName) != 0) {
		error = settings_log_write(&settings, newName, file->data, file->size);
		error = (error < 0) ? error : int(settings_log_remove(&settings, oldName));
	}
	forget(handle);
	return error;
}

int DeviceFiles::list(void (*callback)(const char* name, void* arg), void* arg)
{
	struct Context {
		const files_image& image;
		void (*callback)(const char* name, void* arg);
		void* arg;
		int count;
	} context{image, callback, arg, 0};
	char name[FILES_IMAGE_MAX_NAME + 1];
	files_image_entry entry;
	for(; files_image_at(&image, uint32_t(context.count), &entry); ++context.count) {
		files_image_name(&image, &entry, name);
		callback(name, arg);
	}
	if(!writable) {
		return context.count;
	}
	auto add = [](void* arg, const char* name, uint32_t) {
		auto& context = *static_cast<Context*>(arg);
		files_image_entry hidden;
		// One that is in both was told already
		if(!files_image_find(&context.image, name, &hidden)) {
			context.callback(name, context.arg);
			++context.count;
		}
		return true;
	};
	int error = settings_log_list(&settings, add, &context);
	return (error < 0) ? error : context.count;
}

} // namespace Device
