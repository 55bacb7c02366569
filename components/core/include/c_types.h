/** Short type names of Arduino and of the ESP8266 SDK, for applications that use them. */
#pragma once

#include "sming_attr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t byte;
typedef uint8_t uint8;
typedef int8_t sint8;
typedef int8_t int8;
typedef uint16_t word;
typedef uint16_t uint16;
typedef int16_t sint16;
typedef uint32_t uint32;
typedef int32_t sint32;
#ifdef __cplusplus
typedef bool boolean;
#endif
