/** Time since start and waiting, under Arduino's names. */
#pragma once

#include <cstdint>

uint32_t millis(); ///< milliseconds since start, wraps after 49 days
uint32_t micros(); ///< microseconds since start, wraps after 71 minutes

/** Wait, doing nothing else: no timer, no network. For more than a few milliseconds start a Timer. */
void delay(uint32_t milliseconds);
void delayMicroseconds(uint32_t microseconds);
