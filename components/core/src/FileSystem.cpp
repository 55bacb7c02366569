#include <FileSystem.h>
#include <Platform/FileStore.h>
#include <cstring>

namespace
{
FileStore* store;
bool mounted;

int code(FileError error)
{
	return int(error);
}

/* What every function with a name begins with. */
int check(const String& name)
{
	if(store == nullptr || !mounted) {
		return code(FileError::notMounted);
	}
	size_t partLength = 0;
	bool dots = true;
	for(size_t i = 0; i <= name.length(); ++i) {
		char c = (i < name.length()) ? name[i] : '/';
		if(c == '/') {
			// "." and ".." lead elsewhere, an empty part is another name for the same
			if(partLength == 0 || (dots && partLength <= 2)) {
				return code(FileError::badName);
			}
			partLength = 0;
			dots = true;
			continue;
		}
		if(uint8_t(c) < ' ' || c == 0x7f || c == '\\') {
			return code(FileError::badName);
		}
		dots = dots && c == '.';
		++partLength;
	}
	return 0;
}

int check(FileHandle file)
{
	return (store == nullptr || !mounted) ? code(FileError::notMounted) : file < 0 ? code(FileError::badHandle) : 0;
}

} // namespace

void setFileStore(FileStore* newStore)
{
	fileSystemUnmount();
	store = newStore;
}

FileStore* getFileStore()
{
	return store;
}

bool fileSystemMount()
{
	if(store == nullptr && platformFileStore != nullptr) {
		store = platformFileStore();
	}
	if(!mounted) {
		mounted = store != nullptr && store->mount();
	}
	return mounted;
}

void fileSystemUnmount()
{
	if(mounted) {
		store->unmount();
	}
	mounted = false;
}

String fileGetErrorString(int error)
{
	switch(FileError(error)) {
	case FileError::none:
		return F("no error");
	case FileError::notMounted:
		return F("no file system is mounted");
	case FileError::notFound:
		return F("no such file");
	case FileError::badName:
		return F("not a name for a file");
	case FileError::badHandle:
		return F("the file is not open");
	case FileError::noMemory:
		return F("out of memory or too many open files");
	case FileError::noSpace:
		return F("no space left");
	case FileError::readOnly:
		return F("the file cannot be written to");
	case FileError::notSupported:
		return F("not supported");
	case FileError::device:
		return F("the storage failed");
	}
	return String(error);
}

FileHandle fileOpen(const String& name, FileOpenFlags flags)
{
	int error = check(name);
	return (error < 0) ? error : store->open(name.c_str(), flags);
}

void fileClose(FileHandle file)
{
	if(check(file) == 0) {
		store->close(file);
	}
}

int fileWrite(FileHandle file, const void* data, size_t size)
{
	int error = check(file);
	return (error < 0) ? error : store->write(file, data, size);
}

int fileRead(FileHandle file, void* data, size_t size)
{
	int error = check(file);
	return (error < 0) ? error : store->read(file, data, size);
}

int fileSeek(FileHandle file, int offset, SeekOrigin origin)
{
	int size = fileGetSize(file);
	if(size < 0) {
		return size;
	}
	int64_t base = (origin == SeekOrigin::Start) ? 0 : (origin == SeekOrigin::End) ? size : store->tell(file);
	int64_t position = base + offset;
	if(position < 0 || position > size) {
		return code(FileError::notSupported);
	}
	return store->seek(file, uint32_t(position));
}

int fileTell(FileHandle file)
{
	int error = check(file);
	return (error < 0) ? error : store->tell(file);
}

bool fileIsEOF(FileHandle file)
{
	int position = fileTell(file);
	return position < 0 || position >= fileGetSize(file);
}

int fileFlush(FileHandle file)
{
	int error = check(file);
	return (error < 0) ? error : store->flush(file);
}

int fileGetSize(FileHandle file)
{
	int error = check(file);
	return (error < 0) ? error : store->size(file);
}

int fileLastError(FileHandle file)
{
	return (check(file) < 0) ? check(file) : (store->tell(file) < 0) ? code(FileError::badHandle) : 0;
}

int fileSetContent(const String& name, const char* content, int length)
{
	int error = check(name);
	if(error < 0) {
		return error;
	}
	size_t size = (length >= 0) ? size_t(length) : (content == nullptr) ? 0 : strlen(content);
	return store->replace(name.c_str(), content, size);
}

int fileSetContent(const String& name, const String& content)
{
	return fileSetContent(name, content.c_str(), int(content.length()));
}

String fileGetContent(const String& name)
{
	String text;
	auto file = fileOpen(name);
	int size = fileGetSize(file);
	if(size == 0) {
		text = "";
	} else if(size > 0 && (!text.setLength(size_t(size)) || fileRead(file, text.begin(), size_t(size)) != size)) {
		text = nullptr;
	}
	fileClose(file);
	return text;
}

size_t fileGetContent(const String& name, char* buffer, size_t size)
{
	if(buffer == nullptr || size == 0) {
		return 0;
	}
	auto file = fileOpen(name);
	int length = fileRead(file, buffer, size - 1);
	fileClose(file);
	size_t count = (length < 0) ? 0 : size_t(length);
	buffer[count] = '\0';
	return count;
}

uint32_t fileGetSize(const String& name)
{
	int size = (check(name) < 0) ? -1 : store->sizeOf(name.c_str());
	return (size < 0) ? 0 : uint32_t(size);
}

bool fileExist(const String& name)
{
	return check(name) == 0 && store->sizeOf(name.c_str()) >= 0;
}

int fileDelete(const String& name)
{
	int error = check(name);
	return (error < 0) ? error : store->remove(name.c_str());
}

int fileRename(const String& oldName, const String& newName)
{
	int error = check(oldName);
	if(error == 0) {
		error = check(newName);
	}
	return (error < 0) ? error : store->rename(oldName.c_str(), newName.c_str());
}

Vector<String> fileList()
{
	Vector<String> names;
	if(store != nullptr && mounted) {
		store->list([](const char* name, void* arg) { static_cast<Vector<String>*>(arg)->add(String(name)); }, &names);
	}
	return names;
}
