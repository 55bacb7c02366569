/* What start.S offers to the chips with this core. */
#pragma once

#include <stdint.h>

/** Sleep for a number of cycles; may wake up earlier. */
void chip_wait(uint32_t cycles);

/** System call of QEMU, numbers as in its xtensa semihosting. @return -1 on error */
int chip_simcall(int number, int a, int b, int c);

/** Cycles since reset; wraps. */
uint32_t chip_cycles(void);
