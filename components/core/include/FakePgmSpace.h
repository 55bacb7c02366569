/**
 * Constants in flash, under the names of AVR and Arduino.
 *
 * On every SoC of this framework flash is in the address space. ESP8266 reads it in aligned words only; code
 * there is built with -mforce-l32, so a plain pointer works everywhere and the _P functions are the usual
 * ones. PROGMEM still matters: it keeps a constant out of the ESP8266's 80 KB of data RAM.
 */
#pragma once

#include "sming_attr.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Where constants lie is for the chip's linker script to say: in flash, if it maps flash. */
#define PROGMEM __attribute__((aligned(4)))

#define PGM_P const char*
#define PGM_VOID_P const void*

/** Literal in flash as const char*. */
#ifdef ARCH_ESP8266
#define PSTR(str)                                                                                                      \
	(__extension__({                                                                                                   \
		static const char pstr_text[] PROGMEM = str;                                                                   \
		&pstr_text[0];                                                                                                 \
	}))
#else
#define PSTR(str) (str)
#endif

/** Literal in flash for anything that takes a const char*. */
#define _F(str) PSTR(str)

#ifdef __cplusplus
class __FlashStringHelper;
/** Text in flash whose length is not known; converts to String. */
typedef const __FlashStringHelper* flash_string_t;
#define FPSTR(pstr_pointer) (reinterpret_cast<flash_string_t>(pstr_pointer))
/** Literal in flash for anything that takes a String. */
#define F(string_literal) FPSTR(PSTR(string_literal))
#endif

/** Define a char array on the stack with the contents of a literal that is kept in flash. */
#define PSTR_ARRAY(name, str)                                                                                          \
	char name[] __attribute__((aligned(4))) = str
#define LOAD_PSTR(name, flash_str)                                                                                     \
	char name[ALIGNUP4(sizeof(flash_str))] __attribute__((aligned(4)));                                                \
	memcpy_P(name, flash_str, sizeof(flash_str))
#define DEFINE_PSTR(name, str) const char name[] PROGMEM = str;
#define DEFINE_PSTR_LOCAL(name, str) static const char name[] PROGMEM = str;
#define DECLARE_PSTR(name) extern const char name[];

#define pgm_read_byte(addr) (*(const uint8_t*)(addr))
#define pgm_read_word(addr) (*(const uint16_t*)(addr))
#define pgm_read_dword(addr) (*(const uint32_t*)(addr))
#define pgm_read_float(addr) (*(const float*)(addr))
#define pgm_read_ptr(addr) (*(const void* const*)(addr))

#define memcpy_P memcpy
#define memcmp_P memcmp
#define memchr_P memchr
#define strlen_P strlen
#define strcpy_P strcpy
#define strncpy_P strncpy
#define strcmp_P strcmp
#define strncmp_P strncmp
#define strcasecmp_P strcasecmp
#define strncasecmp_P strncasecmp
#define strcat_P strcat
#define strstr_P strstr
#define strchr_P strchr
#define sprintf_P sprintf
#define snprintf_P snprintf
#define vsnprintf_P vsnprintf
#define printf_P m_printf

/** Copy and compare whose addresses are 4-byte aligned; any length. */
#define memcpy_aligned memcpy
#define memcmp_aligned memcmp
#define IS_ALIGNED(p) ((((uintptr_t)(p)) & 3) == 0)
