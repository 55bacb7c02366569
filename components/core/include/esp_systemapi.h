/** The few functions of the ESP8266 SDK that Sming applications call directly, on every SoC. */
#pragma once

#include "c_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Return how many bytes can still be allocated, as Memory::available(). The largest value stands for all above it: a PC
 * without the option --heap.
 */
uint32_t system_get_free_heap_size(void);
uint32_t system_get_time(void); /**< microseconds since start, wraps after 71 minutes */
uint32_t system_get_chip_id(void);
uint8_t system_get_cpu_freq(void); /**< MHz */
bool system_update_cpu_freq(uint8_t mhz);
void system_restart(void) __attribute__((noreturn));
const char* system_get_sdk_version(void); /**< name and version of this framework */

uint32_t os_random(void);							   /**< from hal_random(); panics when there is no secure source */
void os_get_random(void* buffer, size_t length);	   /**< fills with os_random() quality */
void os_delay_us(uint32_t us);						   /**< busy waiting */

#ifdef __cplusplus
}
#endif
