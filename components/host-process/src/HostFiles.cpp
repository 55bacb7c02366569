#include "HostFiles.h"
#include <Platform/FileStore.h>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace
{
/* As many as a chip may have open. */
constexpr int maxOpen = 16;
/* Folders inside of each other. */
constexpr unsigned maxDepth = 8;

int errorFromErrno()
{
	switch(errno) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
		return int(FileError::notFound);
	case EACCES:
	case EPERM:
	case EROFS:
		return int(FileError::readOnly);
	case ENOSPC:
	case EDQUOT:
		return int(FileError::noSpace);
	case ENAMETOOLONG:
		return int(FileError::badName);
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return int(FileError::noMemory);
	default:
		return int(FileError::device);
	}
}

class HostFiles final : public FileStore
{
public:
	void setFolder(const char* name)
	{
		if(name != nullptr) {
			snprintf(folder, sizeof(folder), "%s", name);
			return;
		}
		char program[PATH_MAX];
		auto length = readlink("/proc/self/exe", program, sizeof(program) - 1);
		program[length > 0 ? length : 0] = '\0';
		auto slash = strrchr(program, '/');
		int parent = (slash == nullptr) ? 0 : int(slash - program);
		snprintf(folder, sizeof(folder), "%.*s/files", parent, program);
	}

	bool mount() override
	{
		for(auto& descriptor : descriptors) {
			descriptor = -1;
		}
		return folder[0] != '\0';
	}

	void unmount() override
	{
		for(int i = 0; i < maxOpen; ++i) {
			close(i);
		}
	}

	int open(const char* name, FileOpenFlags flags) override
	{
		int handle = 0;
		while(handle < maxOpen && descriptors[handle] >= 0) {
			++handle;
		}
		Path path(folder, name);
		if(handle == maxOpen || !path.fits) {
			return int(handle == maxOpen ? FileError::noMemory : FileError::badName);
		}
		bool writes = (flags & eFO_WriteOnly) != 0;
		int mode = !writes ? O_RDONLY : (flags & eFO_ReadOnly) != 0 ? O_RDWR : O_WRONLY;
		mode |= (flags & eFO_CreateIfNotExist) != 0 ? O_CREAT : 0;
		mode |= (writes && (flags & eFO_Truncate) != 0) ? O_TRUNC : 0;
		mode |= (flags & eFO_Append) != 0 ? O_APPEND : 0;
		if((mode & O_CREAT) != 0) {
			path.makeParents();
		}
		int descriptor = ::open(path.text, mode | O_CLOEXEC, 0666);
		struct stat info;
		if(descriptor >= 0 && (fstat(descriptor, &info) < 0 || !S_ISREG(info.st_mode))) {
			::close(descriptor);
			return int(FileError::notFound);
		}
		if(descriptor < 0) {
			return errorFromErrno();
		}
		descriptors[handle] = descriptor;
		return handle;
	}

	void close(int handle) override
	{
		if(isOpen(handle)) {
			::close(descriptors[handle]);
			descriptors[handle] = -1;
		}
	}

	int read(int handle, void* data, size_t size) override
	{
		return isOpen(handle) ? result(::read(descriptors[handle], data, size)) : int(FileError::badHandle);
	}

	int write(int handle, const void* data, size_t size) override
	{
		return isOpen(handle) ? result(::write(descriptors[handle], data, size)) : int(FileError::badHandle);
	}

	int seek(int handle, uint32_t position) override
	{
		return isOpen(handle) ? result(lseek(descriptors[handle], off_t(position), SEEK_SET))
							  : int(FileError::badHandle);
	}

	int tell(int handle) override
	{
		return isOpen(handle) ? result(lseek(descriptors[handle], 0, SEEK_CUR)) : int(FileError::badHandle);
	}

	int size(int handle) override
	{
		struct stat info;
		return !isOpen(handle) ? int(FileError::badHandle)
			   : fstat(descriptors[handle], &info) < 0 ? errorFromErrno()
													   : result(info.st_size);
	}

	int flush(int handle) override
	{
		return isOpen(handle) ? result(fsync(descriptors[handle])) : int(FileError::badHandle);
	}

	/* Written beside it and renamed: whoever looks sees the old contents or the new ones. */
	int replace(const char* name, const void* data, size_t size) override
	{
		Path path(folder, name);
		Path next(folder, name, ".new~");
		if(!next.fits) {
			return int(FileError::badName);
		}
		next.makeParents();
		int descriptor = ::open(next.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if(descriptor < 0) {
			return errorFromErrno();
		}
		bool ok = ::write(descriptor, data, size) == ssize_t(size) && fsync(descriptor) == 0;
		int error = ok ? 0 : errorFromErrno();
		::close(descriptor);
		if(ok && ::rename(next.text, path.text) < 0) {
			error = errorFromErrno();
		}
		if(error < 0) {
			unlink(next.text);
		}
		return (error < 0) ? error : int(size);
	}

	int sizeOf(const char* name) override
	{
		Path path(folder, name);
		struct stat info;
		if(!path.fits || stat(path.text, &info) < 0 || !S_ISREG(info.st_mode)) {
			return int(FileError::notFound);
		}
		return result(info.st_size);
	}

	int remove(const char* name) override
	{
		Path path(folder, name);
		return !path.fits ? int(FileError::badName) : unlink(path.text) < 0 ? errorFromErrno() : 0;
	}

	int rename(const char* oldName, const char* newName) override
	{
		Path from(folder, oldName);
		Path to(folder, newName);
		if(!from.fits || !to.fits) {
			return int(FileError::badName);
		}
		to.makeParents();
		return (::rename(from.text, to.text) < 0) ? errorFromErrno() : 0;
	}

	int list(void (*callback)(const char* name, void* arg), void* arg) override
	{
		return listFolder("", 0, callback, arg);
	}

private:
	struct Path {
		char text[PATH_MAX];
		bool fits;

		Path(const char* folder, const char* name, const char* suffix = "")
		{
			fits = snprintf(text, sizeof(text), "%s/%s%s", folder, name, suffix) < int(sizeof(text));
		}
		void makeParents()
		{
			for(char* slash = strchr(text + 1, '/'); slash != nullptr; slash = strchr(slash + 1, '/')) {
				*slash = '\0';
				mkdir(text, 0777);
				*slash = '/';
			}
		}
	};

	bool isOpen(int handle) const
	{
		return handle >= 0 && handle < maxOpen && descriptors[handle] >= 0;
	}

	static int result(int64_t value)
	{
		return (value < 0) ? errorFromErrno() : (value > INT_MAX) ? int(FileError::notSupported) : int(value);
	}

	int listFolder(const char* relative, unsigned depth, void (*callback)(const char* name, void* arg), void* arg)
	{
		Path path(folder, relative);
		auto directory = (path.fits && depth < maxDepth) ? opendir(path.text) : nullptr;
		if(directory == nullptr) {
			return 0;
		}
		int count = 0;
		while(auto entry = readdir(directory)) {
			if(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
				continue;
			}
			char name[PATH_MAX];
			snprintf(name, sizeof(name), "%s%s%s", relative, (*relative == '\0') ? "" : "/", entry->d_name);
			Path whole(folder, name);
			struct stat info;
			if(!whole.fits || stat(whole.text, &info) < 0) {
				continue;
			}
			if(S_ISDIR(info.st_mode)) {
				count += listFolder(name, depth + 1, callback, arg);
			} else if(S_ISREG(info.st_mode)) {
				callback(name, arg);
				++count;
			}
		}
		closedir(directory);
		return count;
	}

	char folder[PATH_MAX] = "";
	int descriptors[maxOpen];
};

HostFiles files;
} // namespace

void HostProcess::useFiles(const char* folder)
{
	files.setFolder(folder);
	setFileStore(&files);
}
