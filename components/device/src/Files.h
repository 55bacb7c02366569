/**
 * Files: what keeps the files of a chip. SConscript chooses: DeviceFiles.cpp for chips whose hal can write to flash,
 * ImageFiles.cpp for the others, which have no room for code that they cannot use.
 */
#pragma once

#include <Platform/FileStore.h>

// Made by the build for each application, see files_image.h
extern "C" {
extern const uint32_t sming_files_image[];
extern const uint32_t sming_files_image_size;
}

namespace Device
{
/** The one that a device has. */
FileStore& files();

} // namespace Device
