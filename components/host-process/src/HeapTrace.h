/* The course of the heap over time, for `./scons heap-plot`. */
#pragma once

namespace HostProcess
{
/*
 * Write to `path`, from now on, lines of CSV: seconds since start, heap in use in bytes, event. The event is empty in
 * a line that only says how much is held. The first is "start", with the limit of the heap (0: none); others are
 * "handshake begins", "handshake done" with the role, "session failed" with the name of the Ssl::Error,
 * "refused" with the size and tag of an allocation that was not met, and "end" with the reason.
 *
 * Between two turns of the main loop the highest level is kept, so no peak is missed. The trace is an observer of
 * Memory: an application that sets its own ends the trace of peaks and refusals, not that of levels and handshakes.
 * @return false when the file cannot be written; a message went to stderr
 */
bool beginHeapTrace(const char* path);

/* Once in every turn of the main loop. Does nothing without a trace. */
void continueHeapTrace();

/* The last line. Later calls of all functions here do nothing. */
void endHeapTrace(const char* reason);
} // namespace HostProcess
