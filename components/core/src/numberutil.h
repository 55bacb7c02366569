/* Numbers as text, shared by String and Print. */
#pragma once

#include <cstddef>

/* Room that any number needs: 64 binary digits or 255 characters of width, a sign. */
constexpr size_t numberTextSize = 258;

/*
 * Write a number into `buffer`, at least `width` (up to 255) characters, without a NUL.
 * Returns a pointer to the first character; the last one is buffer[numberTextSize - 1].
 */
const char* numberToText(char (&buffer)[numberTextSize], unsigned long long value, bool negative, unsigned base,
						 unsigned width, char pad);

/* Digits after the point are rounded half up in binary; 0..18 of them. Returns the length. */
size_t floatToText(char (&buffer)[64], double value, unsigned decimalPlaces);
