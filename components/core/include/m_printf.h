/**
 * Formatted output to the debug console, below every class. Usable from C and before System.initialize().
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Takes `length` characters for the console. @return characters taken */
typedef size_t (*nputs_callback_t)(const char* text, size_t length);

/** Where everything below goes. nullptr discards it. Start-up value: the console of hal.h. @return the former one */
nputs_callback_t m_setPuts(nputs_callback_t callback);

/**
 * printf to the debug console. Text longer than 200 characters needs the heap; if that has no room, the text
 * is cut there.
 * @return characters written
 */
int m_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
int m_vprintf(const char* format, va_list args) __attribute__((format(printf, 1, 0)));

size_t m_nputs(const char* text, size_t length);
int m_puts(const char* text); /**< without a newline added */
int m_putc(char c);

/** snprintf/vsnprintf under the names that Sming uses. Always terminate when `size` is not 0. */
int m_snprintf(char* buffer, size_t size, const char* format, ...) __attribute__((format(printf, 3, 4)));
int m_vsnprintf(char* buffer, size_t size, const char* format, va_list args) __attribute__((format(printf, 3, 0)));

/**
 * Print bytes as lines of hex digits and characters to the debug console.
 * @param tag shown in front of each line, may be nullptr
 * @param separator after this many bytes a new line begins; 0 puts everything on one line
 */
#ifdef __cplusplus
void m_printHex(const char* tag, const void* data, size_t length, int address = -1, size_t bytesPerLine = 16);
#else
void m_printHex(const char* tag, const void* data, size_t length, int address, size_t bytesPerLine);
#endif

#ifdef __cplusplus
}
#endif
