#include "Clock.h"
#include "Memory.h"
#include "SmingVersion.h"
#include "WVector.h"
#include "esp_systemapi.h"
#include "hal.h"
#include "malloc_count.h"
#include "m_printf.h"

extern "C" {
uint32_t system_get_free_heap_size(void)
{
	size_t bytes = Memory::available();
	return bytes < UINT32_MAX ? uint32_t(bytes) : UINT32_MAX;
}

uint32_t system_get_time(void)
{
	return micros();
}

uint32_t system_get_chip_id(void)
{
	return hal_chip_id();
}

uint8_t system_get_cpu_freq(void)
{
	return uint8_t(hal_cpu_frequency_get());
}

bool system_update_cpu_freq(uint8_t mhz)
{
	return hal_cpu_frequency_set(mhz);
}

void system_restart(void)
{
	hal_restart();
}

const char* system_get_sdk_version(void)
{
	return "sming-host " SMING_VERSION;
}

void os_get_random(void* buffer, size_t length)
{
	if(!hal_random(buffer, length)) {
		hal_panic("os_get_random: no secure random source");
	}
}

uint32_t os_random(void)
{
	uint32_t value;
	os_get_random(&value, sizeof(value));
	return value;
}

void os_delay_us(uint32_t us)
{
	delayMicroseconds(us);
}
}

void VectorDetail::indexError()
{
	hal_panic("Vector: index beyond the end");
}

namespace MallocCount
{
namespace
{
// Figures of Memory at resetTotal()
uint64_t totalFrom;
uint32_t countFrom;
size_t threshold;

void log(const void* block, size_t size, Memory::Tag tag, bool released)
{
	if(size >= threshold) {
		// No heap: these texts fit into what m_printf() has on the stack
		m_printf("%s %u %s, %u held\r\n", released ? "release" : (block != nullptr ? "allocate" : "NO MEMORY"),
				 unsigned(size), Memory::tagName(tag), unsigned(Memory::statistics().current));
	}
}
} // namespace

size_t getCurrent()
{
	return Memory::statistics().current;
}

size_t getPeak()
{
	return Memory::statistics().peak;
}

void resetPeak()
{
	Memory::resetPeak();
}

size_t getTotal()
{
	return size_t(Memory::allocatedBytes() - totalFrom);
}

void resetTotal()
{
	totalFrom = Memory::allocatedBytes();
	countFrom = Memory::statistics().total;
}

size_t getAllocCount()
{
	return Memory::statistics().total - countFrom;
}

void setAllocLimit(size_t bytes)
{
	Memory::setCap(bytes);
}

void enableLogging(bool enable)
{
	Memory::setObserver(enable ? log : nullptr);
}

void setLogThreshold(size_t bytes)
{
	threshold = bytes;
}
} // namespace MallocCount
