/** Bytes as hex digits. */
#pragma once

#include "../WString.h"

/**
 * @param separator put between bytes, '\0' for none
 * @return lower-case digits; null when memory ran out
 */
String makeHexString(const void* data, size_t length, char separator = '\0');

/**
 * Read hex digits, in pairs; one separator (':', ' ' or '-') may stand between pairs.
 * @return bytes written; 0 when the text is not hex or does not fit
 */
size_t parseHexString(const char* text, size_t textLength, uint8_t* data, size_t dataSize);
