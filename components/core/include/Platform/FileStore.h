/**
 * FileStore: the seam below FileSystem.h, what keeps the files. A platform has one, see setFileStore().
 *
 * Names given here were checked: relative, no "..", no empty part.
 */
#pragma once

#include <FileSystem.h>

class FileStore
{
public:
	virtual ~FileStore() = default;

	virtual bool mount() = 0;
	virtual void unmount() = 0;

	/** @return a handle, 0 or more, or a FileError */
	virtual int open(const char* name, FileOpenFlags flags) = 0;
	virtual void close(int handle) = 0;
	virtual int read(int handle, void* data, size_t size) = 0;
	virtual int write(int handle, const void* data, size_t size) = 0;
	/** @param position from the start, up to the size */
	virtual int seek(int handle, uint32_t position) = 0;
	virtual int tell(int handle) = 0;
	virtual int size(int handle) = 0;
	virtual int flush(int handle) = 0;

	/** Replace a file as a whole, see fileSetContent(). */
	virtual int replace(const char* name, const void* data, size_t size) = 0;
	/** @return bytes or FileError::notFound */
	virtual int sizeOf(const char* name) = 0;
	virtual int remove(const char* name) = 0;
	virtual int rename(const char* oldName, const char* newName) = 0;
	/** Call back for each file. */
	virtual int list(void (*callback)(const char* name, void* arg), void* arg) = 0;
};

/** Called by the platform's start-up code. @param store must live on; nullptr: no files */
void setFileStore(FileStore* store);
FileStore* getFileStore();

/**
 * By a platform whose store is always the same one: called by the first mount if nothing was set, so that a program
 * without files does not carry it. A platform need not define it.
 */
FileStore* platformFileStore() __attribute__((weak));
