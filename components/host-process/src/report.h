/* The report at the end of the process. */
#pragma once

namespace HostProcess
{
/*
 * Write what happened as JSON to `path`: first to a file beside it, which is then renamed, so that a reader
 * never sees half a report. On failure a message goes to stderr.
 * `end` says why the process ends ("signal", "duration", …), `status` is its exit status.
 */
bool writeReport(const char* path, const char* end, int status);
} // namespace HostProcess
