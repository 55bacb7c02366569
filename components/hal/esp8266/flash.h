/* The flash chip, in pieces of at most FLASH_BLOCK bytes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FLASH_SIZE (1u << 20)
#define FLASH_SECTOR 4096u
#define FLASH_BLOCK 64u

/**
 * What is done to flash, by the ROM or by the emulator. `offset` and `length` are divisible by 4, and nothing crosses
 * the end of flash; FLASH_ERASE takes the offset of a sector.
 */
typedef enum { FLASH_READ, FLASH_WRITE, FLASH_ERASE } flash_work;

bool emulator_flash(const char* path, flash_work work, uint32_t offset, uint32_t* words, uint32_t length);
