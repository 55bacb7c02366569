/* What belongs to the library as a whole: memory figures, counters, the log. */

#include "Handle.h"
#include <Network/Ssl/Statistics.h>
#include <algorithm>
#include <m_printf.h>
#include <string.h>

namespace
{
/** The log's latest bytes. Static: it must not count as memory of a session. */
struct {
	char data[32768];
	size_t start;
	size_t length;
} logBuffer;

size_t appendToLog(const char* text, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		logBuffer.data[(logBuffer.start + logBuffer.length) % sizeof(logBuffer.data)] = text[i];
		if(logBuffer.length < sizeof(logBuffer.data)) {
			++logBuffer.length;
		} else {
			logBuffer.start = (logBuffer.start + 1) % sizeof(logBuffer.data);
		}
	}
	return length;
}

} // namespace

namespace HostApi
{
void captureLog()
{
	m_setPuts(appendToLog);
}

} // namespace HostApi

size_t sming_log_read(char* buffer, size_t size)
{
	size_t taken = std::min(size, logBuffer.length);
	for(size_t i = 0; i < taken; ++i) {
		buffer[i] = logBuffer.data[(logBuffer.start + i) % sizeof(logBuffer.data)];
	}
	logBuffer.start = (logBuffer.start + taken) % sizeof(logBuffer.data);
	logBuffer.length -= taken;
	return taken;
}

int sming_memory_tag_count(void)
{
	return int(Memory::tagCount);
}

const char* sming_memory_tag_name(int tag)
{
	return Memory::tagName(Memory::Tag(tag));
}

void sming_memory_statistics(int tag, sming_memory* statistics)
{
	auto figures = (tag < 0) ? Memory::statistics() : Memory::statistics(Memory::Tag(tag));
	*statistics = {figures.current, figures.peak, figures.count, figures.total};
}

void sming_memory_reset_peak(void)
{
	Memory::resetPeak();
}

void sming_memory_set_cap(size_t bytes)
{
	Memory::setCap(bytes);
}

void sming_memory_fail_allocation(uint32_t n, int and_later)
{
	Memory::failAllocation(n, and_later != 0);
}

uint32_t sming_memory_attempts(void)
{
	return Memory::attempts();
}

void sming_tls_get_statistics(sming_tls_statistics* statistics)
{
	const auto& source = Ssl::statistics;
	*statistics = {source.clientHandshakes, source.serverHandshakes, source.resumed, source.failed, int(source.lastError)};
}
