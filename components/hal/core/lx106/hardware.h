/*
 * What differs between the chips with this core where no emulator runs them. registers.h of the family has the UART, and
 * CPU_MHZ, the clock that the core runs at.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Clocks, watchdogs, speed of the serial line. */
void hardware_start(void);

void hardware_feed_watchdog(void);

void hardware_restart(void) __attribute__((noreturn));

/**
 * As chip_entropy(), where nobody feeds the emulator's noise to it directly: of the ESP8266 also in the emulator.
 */
bool hardware_entropy(uint8_t* data, size_t length);

/** Low bytes of the MAC address. */
uint32_t hardware_id(void);
