/**
 * DeviceFiles: what keeps the files of a chip that can write to flash.
 *
 * Below lies the image that the build has made of the application's folder `files`; it can only be read. Above it lies
 * a settings area in flash (settings_log.h): what is written there hides a file of the same name below, until it is deleted. If that area fails, everything that writes gives FileError::readOnly.
 *
 * A file that is opened for writing is kept in memory as a whole until fileFlush() or fileClose(); a power cut before
 * that leaves it as it was.
 */
#pragma once

#include "Files.h"
#include <files_image.h>
#include <settings_log.h>

namespace Device
{
class DeviceFiles final : public FileStore
{
public:
	bool mount() override;
	void unmount() override;
	int open(const char* name, FileOpenFlags flags) override;
	void close(int handle) override;
	int read(int handle, void* data, size_t size) override;
	int write(int handle, const void* data, size_t size) override;
	int seek(int handle, uint32_t position) override;
	int tell(int handle) override;
	int size(int handle) override;
	int flush(int handle) override;
	int replace(const char* name, const void* data, size_t size) override;
	int sizeOf(const char* name) override;
	int remove(const char* name) override;
	int rename(const char* oldName, const char* newName) override;
	int list(void (*callback)(const char* name, void* arg), void* arg) override;

private:
	static constexpr int maxOpen = 8;

	/** An open file; in memory only while it is open. */
	struct Open {
		bool inSettings; ///< else in the image, at `entry`
		bool changed;	 ///< `data` is not in flash yet
		FileOpenFlags flags;
		char name[FILES_IMAGE_MAX_NAME + 1];
		files_image_entry entry;
		uint32_t position;
		uint8_t* data; ///< of one that is open for writing: all of it
		uint32_t size; ///< of `data`
		uint32_t room; ///< bytes at `data`
	};

	Open* find(int handle);
	int readAt(const Open& file, uint32_t offset, void* data, size_t size);
	int sizeOf(const Open& file);
	bool grow(Open& file, size_t size);
	int load(Open& file);
	int prepare(Open& file);
	void forget(int handle);

	bool mounted = false;
	bool writable = false;
	uint32_t area = 0; ///< offset of the settings in flash
	files_image image = {};
	settings_log settings = {};
	Open* files[maxOpen] = {};

	static bool readFlash(void* arg, uint32_t offset, void* data, size_t length);
	static bool writeFlash(void* arg, uint32_t offset, const void* data, size_t length);
	static bool eraseFlash(void* arg, uint32_t offset);
};

} // namespace Device
