/**
 * Debug messages with a level: debug_e (error), debug_w (warning), debug_i (information), debug_d (debug).
 *
 * Messages above DEBUG_VERBOSE_LEVEL cost nothing: they are compiled and checked, then dropped. A line is
 * the time since start in milliseconds, the text, CR LF. Serial.systemDebugOutput(false) silences them.
 */
#pragma once

#include "FakePgmSpace.h"
#include "esp_systemapi.h"
#include "m_printf.h"

#define ERR 0
#define WARN 1
#define INFO 2
#define DBG 3

#ifndef DEBUG_VERBOSE_LEVEL
#ifdef SMING_RELEASE
#define DEBUG_VERBOSE_LEVEL ERR
#else
#define DEBUG_VERBOSE_LEVEL INFO
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif
/** What the macros call. `level` only for a prefix: nothing is filtered here. */
void debug_print(unsigned level, const char* format, ...) __attribute__((format(printf, 2, 3)));
#ifdef __cplusplus
}
#endif

#define debug_at_level(level, fmt, ...)                                                                                \
	do {                                                                                                               \
		if((level) <= DEBUG_VERBOSE_LEVEL) {                                                                           \
			debug_print(level, fmt, ##__VA_ARGS__);                                                                    \
		}                                                                                                              \
	} while(0)

#define debug_e(fmt, ...) debug_at_level(ERR, fmt, ##__VA_ARGS__)
#define debug_w(fmt, ...) debug_at_level(WARN, fmt, ##__VA_ARGS__)
#define debug_i(fmt, ...) debug_at_level(INFO, fmt, ##__VA_ARGS__)
#define debug_d(fmt, ...) debug_at_level(DBG, fmt, ##__VA_ARGS__)
#define debugf debug_i

/** Hex dump of `length` bytes at a level. `size` optional: bytes on a line. */
#define debug_hex(level, tag, data, length, ...)                                                                       \
	do {                                                                                                               \
		if((level) <= DEBUG_VERBOSE_LEVEL) {                                                                           \
			m_printHex(tag, data, length, 0, 16);                                                                      \
		}                                                                                                              \
	} while(0)

#define SYSTEM_ERROR(fmt, ...) debug_e("ERROR: " fmt, ##__VA_ARGS__)
