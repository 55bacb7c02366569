/**
 * crc32: CRC-32 of IEEE 802.3, as zlib and Ethernet compute it. Small rather than fast.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Go on with a checksum. @param crc 0 at the beginning, then what the last call returned */
uint32_t sming_crc32(uint32_t crc, const void* data, size_t length);

#ifdef __cplusplus
}
#endif
