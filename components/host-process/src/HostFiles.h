/** HostFiles: the device's files are those of a folder on the host. */
#pragma once

namespace HostProcess
{
/** Use a folder, which need not exist until something is written; nullptr: "files" beside the program. */
void useFiles(const char* folder);
} // namespace HostProcess
