/**
 * hal.h: what a chip (or the host) must offer. One folder beside this one implements it for each family.
 *
 * Plain C, so that start-up code and engines can use it. No function allocates. None is called from an
 * interrupt unless it says so.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Time */

/** Microseconds since start. Monotonic, never jumps. */
uint64_t hal_time_us(void);

/**
 * Seconds since 1970-01-01T00:00:00Z as far as the device knows.
 * @return false while no clock was ever set: the caller must then not judge dates
 */
bool hal_wall_clock_get(int64_t* unix_seconds);

/** Set the wall clock (NTP, user). It runs on with hal_time_us(). */
void hal_wall_clock_set(int64_t unix_seconds);

/* Randomness */

/**
 * Fill `length` bytes from a cryptographically secure source.
 * @return false when the source is not seeded or failed its health test; the buffer then holds nothing usable
 */
bool hal_random(void* buffer, size_t length);

/* Console: the serial line with the log */

/** Write bytes; blocks until all were taken. */
void hal_console_write(const void* data, size_t length);

/** Read what is there without waiting. @return number of bytes, 0 when none */
size_t hal_console_read(void* data, size_t length);

/* Flash: offsets from the start of the flash chip, erased bytes read as 0xFF */

uint32_t hal_flash_size(void);		  /**< bytes, 0 when the device has none */
uint32_t hal_flash_sector_size(void); /**< unit of erasing, in bytes */
bool hal_flash_read(uint32_t offset, void* data, size_t length);
bool hal_flash_write(uint32_t offset, const void* data, size_t length);
bool hal_flash_erase(uint32_t offset); /**< erase the sector that starts at `offset` */

/* Memory: the raw heap under Memory.h; nothing else calls these */

void* hal_heap_allocate(size_t size); /**< aligned for any type; NULL when exhausted */
void hal_heap_release(void* block);
size_t hal_heap_free(void);  /**< bytes left, an estimate */
size_t hal_heap_total(void); /**< size of the heap in bytes */
size_t hal_stack_peak(void); /**< deepest use of the stack in bytes, 0 when not known */

/* Running */

/**
 * Wait until something happened that needs the main loop (input, socket, timer interrupt), at most `max_us`.
 * Calls the drivers that are due; feeds the watchdog.
 */
void hal_idle(uint32_t max_us);

/** Keep the watchdog quiet during long computations. */
void hal_watchdog_feed(void);

/** Restart the device; on host end the process with status 0. Does not return. */
void hal_restart(void) __attribute__((noreturn));

/** Stop after an unrecoverable fault with a message on the console; on host abort(). Does not return. */
void hal_panic(const char* message) __attribute__((noreturn));

uint32_t hal_chip_id(void);					/**< unique per device where the chip offers it */
uint32_t hal_cpu_frequency_get(void);		/**< MHz */
bool hal_cpu_frequency_set(uint32_t mhz);	/**< false when the chip cannot run at `mhz` */

#ifdef __cplusplus
}
#endif
