#include "HeapTrace.h"
#include <Memory.h>
#include <Network/Ssl/Statistics.h>
#include <WString.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <hal.h>

namespace HostProcess
{
namespace
{
struct Level {
	double seconds;
	size_t heap;
};

FILE* file;
Level highest; /* since the last line */
size_t written;
bool writing; /* the texts of an event are Strings: their own allocations are none of its business */
Ssl::Statistics seen;

double now()
{
	return double(hal_time_us()) / 1e6;
}

size_t heapInUse()
{
	return Memory::statistics().current;
}

void line(const Level& level, const char* event, const char* detail = "")
{
	fprintf(file, "%.6f,%zu,%s%s\n", level.seconds, level.heap, event, detail);
	written = level.heap;
	highest = {level.seconds, level.heap};
}

/* The highest level since the last line, if it lies above what comes before and after. */
void peak(size_t current)
{
	if(highest.heap > written && highest.heap > current) {
		line(highest, "");
	}
}

void event(const char* text, const char* detail = "")
{
	size_t current = heapInUse();
	peak(current);
	line({now(), current}, text, detail);
}

void compareStatistics()
{
	const auto& ssl = Ssl::statistics;
	for(; seen.begun != ssl.begun; ++seen.begun) {
		event("handshake begins");
	}
	for(; seen.clientHandshakes != ssl.clientHandshakes; ++seen.clientHandshakes) {
		event("handshake done: client");
	}
	for(; seen.serverHandshakes != ssl.serverHandshakes; ++seen.serverHandshakes) {
		event("handshake done: server");
	}
	for(; seen.failed != ssl.failed; ++seen.failed) {
		size_t current = heapInUse();
		String name = toString(ssl.lastError);
		peak(current);
		line({now(), current}, "session failed: ", name.c_str());
	}
}

void onMemory(const void* block, size_t size, Memory::Tag tag, bool released)
{
	if(file == nullptr || writing) {
		return;
	}
	writing = true;
	if(block == nullptr && !released) {
		char detail[64];
		snprintf(detail, sizeof(detail), ": %zu bytes of %s", size, Memory::tagName(tag));
		event("refused", detail);
	}
	size_t current = heapInUse();
	if(current > highest.heap) {
		highest = {now(), current};
	}
	compareStatistics();
	writing = false;
}
} // namespace

bool beginHeapTrace(const char* path)
{
	file = fopen(path, "we");
	if(file == nullptr) {
		fprintf(stderr, "heap trace %s: %s\n", path, strerror(errno));
		return false;
	}
	seen = Ssl::statistics;
	fprintf(file, "seconds,heap,event\n");
	char detail[32];
	snprintf(detail, sizeof(detail), ": limit %zu", Memory::cap());
	line({now(), heapInUse()}, "start", detail);
	Memory::setObserver(onMemory);
	return true;
}

void continueHeapTrace()
{
	if(file == nullptr) {
		return;
	}
	writing = true;
	compareStatistics();
	writing = false;
	size_t current = heapInUse();
	peak(current);
	if(current != written) {
		line({now(), current}, "");
	}
	// Who looks at it while the application runs sees all of it
	if(fflush(file) != 0) {
		fprintf(stderr, "heap trace: %s\n", strerror(errno));
		Memory::setObserver(nullptr);
		fclose(file);
		file = nullptr;
	}
}

void endHeapTrace(const char* reason)
{
	if(file == nullptr) {
		return;
	}
	Memory::setObserver(nullptr);
	event("end: ", reason);
	if(fclose(file) != 0) {
		fprintf(stderr, "heap trace: %s\n", strerror(errno));
	}
	file = nullptr;
}
} // namespace HostProcess
