/** Clock of the processor: the names that applications give to System.setCpuFrequency(). */
#pragma once

#include <cstdint>

/** In MHz. What a chip cannot run at is refused by System.setCpuFrequency(). */
enum CpuFrequency : uint16_t {
	eCF_80MHz = 80,
	eCF_125MHz = 125,
	eCF_133MHz = 133,
	eCF_160MHz = 160,
	eCF_240MHz = 240,
};

/** The clock of the processor's cycles, at a frequency that is known at compile time. */
template <CpuFrequency mhz> struct CpuCycleClock {
	static constexpr CpuFrequency cpuFrequency()
	{
		return mhz;
	}
};

#if defined(ARCH_ESP8266)
using CpuCycleClockSlow = CpuCycleClock<eCF_80MHz>;
using CpuCycleClockNormal = CpuCycleClock<eCF_80MHz>;
using CpuCycleClockFast = CpuCycleClock<eCF_160MHz>;
#elif defined(ARCH_RP2040)
using CpuCycleClockSlow = CpuCycleClock<eCF_125MHz>;
using CpuCycleClockNormal = CpuCycleClock<eCF_125MHz>;
using CpuCycleClockFast = CpuCycleClock<eCF_133MHz>;
#else
using CpuCycleClockSlow = CpuCycleClock<eCF_80MHz>;
using CpuCycleClockNormal = CpuCycleClock<eCF_160MHz>;
using CpuCycleClockFast = CpuCycleClock<eCF_160MHz>;
#endif
