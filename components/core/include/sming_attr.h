/**
 * Attributes and small macros that Sming code uses everywhere. Plain C.
 */
#pragma once

#include <stdint.h>

/** Inline whatever the optimiser thinks. */
#ifndef __forceinline
#define __forceinline inline __attribute__((always_inline))
#endif

#define SMING_DEPRECATED __attribute__((deprecated))

#ifndef __packed
#define __packed __attribute__((packed))
#endif

#ifdef ARCH_ESP8266
/** Code that must run while the flash is not readable (interrupts). */
#define IRAM_ATTR __attribute__((section(".iram.text")))
#else
#define IRAM_ATTR
#endif
#define ICACHE_RAM_ATTR IRAM_ATTR
#define ICACHE_FLASH_ATTR
#define STORE_ATTR __attribute__((aligned(4)))
#define STORE_TYPEDEF_ATTR __attribute__((aligned(4), packed))
#define GCC_NO_INLINE __attribute__((noinline))

#ifndef BIT
#define BIT(n) (1UL << (n))
#endif
#ifndef ALIGNUP4
#define ALIGNUP4(n) (((n) + 3U) & ~3U)
#endif
#ifndef ALIGNDOWN4
#define ALIGNDOWN4(n) ((n) & ~3U)
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

/** Number types of Arduino's print functions. */
#define DEC 10
#define HEX 16
#define OCT 8
#define BIN 2
