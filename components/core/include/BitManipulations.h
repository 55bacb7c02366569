/** Single bits of integers, under Arduino's names. `bit` counts from 0 at the low end. */
#pragma once

#ifndef bitRead
#define bitRead(value, bit) (((value) >> (bit)) & 0x01)
#define bitSet(value, bit) ((value) |= (1UL << (bit)))
#define bitClear(value, bit) ((value) &= ~(1UL << (bit)))
#define bitWrite(value, bit, bitvalue) ((bitvalue) ? bitSet(value, bit) : bitClear(value, bit))
#define bitToggle(value, bit) ((value) ^= (1UL << (bit)))
#endif
#ifndef _BV
#define _BV(bit) (1UL << (bit))
#endif
#define highWord(w) ((w) >> 16)
#define lowWord(w) ((w)&0xffff)
#define highByte(w) (((w) >> 8) & 0xff)
#define lowByte(w) ((w)&0xff)
