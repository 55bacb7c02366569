/**
 * What the host's implementation of hal.h offers beyond it: file descriptors to wait for, and the knobs of
 * the emulated device. Only for code that runs on the host.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bits of `events`; the same values as poll(2) and epoll(7). */
enum {
	HAL_HOST_READABLE = 0x001,
	HAL_HOST_WRITABLE = 0x004,
	HAL_HOST_ERROR = 0x008,  /**< always reported, need not be asked for */
	HAL_HOST_HANGUP = 0x010, /**< likewise */
};

typedef void (*hal_host_callback_t)(void* arg, uint32_t events);

/**
 * Call `callback` from hal_idle() when one of `events` holds (level triggered). Needs no heap of the device.
 * The callback may unwatch any descriptor, its own too, and watch others; it is then not called for events
 * that were reported before.
 * @return 0, or -1 with errno set (EEXIST: watched already; ENOMEM; EBADF; EPERM: a regular file)
 */
int hal_host_watch(int fd, uint32_t events, hal_host_callback_t callback, void* arg);

/** Change the events that are waited for; 0 waits for errors only. @return 0, or -1 with errno set */
int hal_host_modify(int fd, uint32_t events);

/** Stop watching; call it before close(). @return 0, or -1 when it was not watched */
int hal_host_unwatch(int fd);

/** Stop watching and close the descriptor, which no other may be a duplicate of. Watched or not. */
void hal_host_close(int fd);

/** How many times hal_idle() has asked the kernel for events; wraps. */
unsigned hal_host_idle_count(void);

/** Number of watched descriptors. */
size_t hal_host_watch_count(void);

/**
 * Let hal_idle() return soon. The one function here that other threads and signal handlers may call.
 */
void hal_host_wake(void);

/** Start the wall clock at `unix_seconds` now; it runs on. Without this call the host's own clock is used. */
void hal_host_set_wall_clock(int64_t unix_seconds);

/** Behave as a device whose clock was never set, until hal_wall_clock_set(). */
void hal_host_unset_wall_clock(void);

/** Size of the emulated heap that hal_heap_total() reports; 0 = as much as the machine has. */
void hal_host_set_heap_total(size_t bytes);

/**
 * Use a file as flash. A file that is missing or shorter than `size` is filled up with erased bytes (0xFF).
 * @param size bytes, a multiple of 4096
 * @return false with errno set when the file cannot be used; flash then is as before
 */
bool hal_host_set_flash_file(const char* path, uint32_t size);

/**
 * Ask the main loop of the process to end with an exit status, in order: what init() made is destroyed. A test
 * application calls this when it is done. The first call decides the status.
 */
void hal_host_quit(int status);

/** For the main loop. @return true once hal_host_quit() was called */
bool hal_host_quit_requested(int* status);

/**
 * Called by hal_restart() and hal_panic() before the process ends, so that a report can be written.
 * @param callback gets "restart" or the message of the panic; nullptr for none
 */
void hal_host_on_end(void (*callback)(const char* reason));

/** Write out what the console still holds of an unfinished line. */
void hal_host_console_flush(void);

#ifdef __cplusplus
}
#endif
