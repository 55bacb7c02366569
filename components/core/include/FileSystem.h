/**
 * Files: the functions that applications know. What is behind them is Platform/FileStore.h: a folder on host; on
 * chips a read-only image in flash and a settings area that survives a power cut.
 *
 * Names are relative, '/' separates folders. A name that leads out of the store ("..", a '/' at the start, an empty
 * part, a control character) names no file: what takes it fails with FileError::badName.
 */
#pragma once

#include <Data/Stream/SeekOrigin.h>
#include <FlashString.hpp>
#include <WString.h>
#include <WVector.h>

/** How a file is opened: flags, combined by |. */
enum FileOpenFlags : uint8_t {
	eFO_ReadOnly = 0x01,
	eFO_WriteOnly = 0x02,
	eFO_ReadWrite = eFO_ReadOnly | eFO_WriteOnly,
	eFO_CreateIfNotExist = 0x04,
	eFO_Append = 0x08,	 ///< every write goes to the end
	eFO_Truncate = 0x10, ///< forget what is there
	eFO_CreateNewAlways = eFO_CreateIfNotExist | eFO_Truncate,
};

inline constexpr FileOpenFlags operator|(FileOpenFlags a, FileOpenFlags b)
{
	return FileOpenFlags(uint8_t(a) | uint8_t(b));
}

namespace File
{
using OpenFlags = FileOpenFlags;
constexpr FileOpenFlags ReadOnly = eFO_ReadOnly;
constexpr FileOpenFlags WriteOnly = eFO_WriteOnly;
constexpr FileOpenFlags ReadWrite = eFO_ReadWrite;
constexpr FileOpenFlags Create = eFO_CreateIfNotExist;
constexpr FileOpenFlags Append = eFO_Append;
constexpr FileOpenFlags Truncate = eFO_Truncate;
constexpr FileOpenFlags CreateNewAlways = eFO_CreateNewAlways;
} // namespace File

/** An open file; negative values are a FileError. */
using FileHandle = int;
using file_t = FileHandle;

/** Results of functions that return int. */
enum class FileError : int {
	none = 0,
	notMounted = -1,
	notFound = -2,
	badName = -3,
	badHandle = -4,
	noMemory = -5, ///< or too many open files
	noSpace = -6,
	readOnly = -7,
	notSupported = -8,
	device = -9, ///< the medium failed
};

/** Words for people. */
String fileGetErrorString(int error);

/** Make files available. @return false when the device has none. On host the folder is set by `--files`. */
bool fileSystemMount();
/** Close all files. */
void fileSystemUnmount();

/** @name Names of earlier versions of Sming */
inline bool spiffs_mount()
{
	return fileSystemMount();
}
inline void spiffs_unmount()
{
	fileSystemUnmount();
}

FileHandle fileOpen(const String& name, FileOpenFlags flags = eFO_ReadOnly);
void fileClose(FileHandle file);
/** @return bytes written, all or fewer when space runs out; negative: FileError */
int fileWrite(FileHandle file, const void* data, size_t size);
/** @return bytes read, 0 at the end; negative: FileError */
int fileRead(FileHandle file, void* data, size_t size);
/** @return the new position; negative: FileError. A position beyond the end is not allowed. */
int fileSeek(FileHandle file, int offset, SeekOrigin origin);
int fileTell(FileHandle file);
bool fileIsEOF(FileHandle file);
/** Make sure that a power cut loses nothing that was written. */
int fileFlush(FileHandle file);
/** Size of an open file; negative: FileError. */
int fileGetSize(FileHandle file);
/** What went wrong last with an open file. */
int fileLastError(FileHandle file);

/** Replace the contents of a file as a whole: after a power cut it has the old or the new ones. @return bytes written or FileError */
int fileSetContent(const String& name, const char* content, int length = -1);
int fileSetContent(const String& name, const String& content);

/** Contents as text; null when there is no such file or no memory. */
String fileGetContent(const String& name);
/** Up to `size` - 1 bytes and a NUL. @return bytes without the NUL */
size_t fileGetContent(const String& name, char* buffer, size_t size);

/** @return bytes; 0 when there is no such file */
uint32_t fileGetSize(const String& name);
bool fileExist(const String& name);
int fileDelete(const String& name);
int fileRename(const String& oldName, const String& newName);
/** Names of all files. */
Vector<String> fileList();
