/* lwIP's view of compiler and platform. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BYTE_ORDER LITTLE_ENDIAN
#ifndef LITTLE_ENDIAN
#define LITTLE_ENDIAN 1234
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Ends the program: an assertion of lwIP does not hold. */
void lwip_port_assert(const char* message);
uint32_t lwip_port_random(void);
void* lwip_port_allocate(size_t size);
void* lwip_port_allocate_zeroed(size_t count, size_t size);
void lwip_port_release(void* block);

#ifdef __cplusplus
}
#endif

#define LWIP_PLATFORM_ASSERT(message) lwip_port_assert(message)
#define LWIP_PLATFORM_DIAG(message)
#define LWIP_RAND() lwip_port_random()
