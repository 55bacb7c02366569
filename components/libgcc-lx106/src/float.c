/*
 * IEEE 754 arithmetic in integers, rounded to nearest, ties to even, with subnormal numbers, infinities and NaN.
 * Arithmetic on float goes by way of double: with 53 bits the second rounding changes nothing (2 × 24 + 2 < 53).
 * Numbers are passed as their bits, so that no function here needs another that it is made of.
 */
#include <stdint.h>

typedef uint64_t f64; /* the bits of a double */
typedef uint32_t f32; /* the bits of a float */

/* The compiler calls these with doubles in integer registers: this ABI has no others. */
f64 __adddf3(f64 a, f64 b);
f64 __subdf3(f64 a, f64 b);
f64 __muldf3(f64 a, f64 b);
f64 __divdf3(f64 a, f64 b);
f64 __extendsfdf2(f32 a);
f32 __truncdfsf2(f64 a);
f64 __floatsidf(int32_t a);
f64 __floatunsidf(uint32_t a);
int32_t __fixdfsi(f64 a);
uint32_t __fixunsdfsi(f64 a);
f32 __addsf3(f32 a, f32 b);
f32 __subsf3(f32 a, f32 b);
f32 __mulsf3(f32 a, f32 b);
f32 __floatsisf(int32_t a);
f32 __floatunsisf(uint32_t a);
uint32_t __fixunssfsi(f32 a);

#define SIGN (1ull << 63)
#define MANTISSA_BITS 52
#define HIDDEN (1ull << MANTISSA_BITS)
#define MANTISSA (HIDDEN - 1)
#define EXPONENT_MAX 0x7FF
#define BIAS 1023
#define INFINITE ((f64)EXPONENT_MAX << MANTISSA_BITS)
#define NOT_A_NUMBER (INFINITE | HIDDEN >> 1)

/* Bits below the last one while a result is not rounded yet */
#define GUARD 10

static int is_nan(f64 a)
{
	return (a & ~SIGN) > INFINITE;
}

static int is_infinite(f64 a)
{
	return (a & ~SIGN) == INFINITE;
}

/* Shift right; what falls off leaves a mark in the last bit. */
static uint64_t shift_sticky(uint64_t value, int count)
{
	if(count <= 0) {
		return value;
	}
	if(count > 63) {
		return value != 0;
	}
	return value >> count | ((value & ((1ull << count) - 1)) != 0);
}

/* A finite number that is not zero as exponent and mantissa with the hidden bit at its place. */
static int unpack(f64 a, uint64_t* mantissa)
{
	int exponent = (int)(a >> MANTISSA_BITS) & EXPONENT_MAX;
	*mantissa = a & MANTISSA;
	if(exponent != 0) {
		*mantissa |= HIDDEN;
		return exponent;
	}
	exponent = 1;
	while((*mantissa & HIDDEN) == 0) {
		*mantissa <<= 1;
		--exponent;
	}
	return exponent;
}

/* `mantissa` has its top bit at MANTISSA_BITS + GUARD, or is zero. */
static f64 pack(f64 sign, int exponent, uint64_t mantissa)
{
	if(mantissa == 0) {
		return sign;
	}
	if(exponent >= EXPONENT_MAX) {
		return sign | INFINITE;
	}
	if(exponent <= 0) {
		mantissa = shift_sticky(mantissa, 1 - exponent);
		exponent = 0;
	}
	uint64_t rest = mantissa & ((1u << GUARD) - 1);
	uint64_t kept = mantissa >> GUARD;
	const uint64_t half = 1u << (GUARD - 1);
	if(rest > half || (rest == half && (kept & 1) != 0)) {
		++kept;
	}
	/* A carry out of the mantissa makes the exponent one more, as it should */
	f64 result = exponent == 0 ? kept : ((f64)exponent << MANTISSA_BITS) + kept - HIDDEN;
	return sign | (result >= INFINITE ? INFINITE : result);
}

/* Bring the top bit of a mantissa that is not zero to where pack() wants it. */
static f64 normalize(f64 sign, int exponent, uint64_t mantissa)
{
	if(mantissa == 0) {
		return sign;
	}
	while((mantissa >> (MANTISSA_BITS + GUARD)) > 1) {
		mantissa = shift_sticky(mantissa, 1);
		++exponent;
	}
	while((mantissa >> (MANTISSA_BITS + GUARD)) == 0) {
		mantissa <<= 1;
		--exponent;
	}
	return pack(sign, exponent, mantissa);
}

f64 __adddf3(f64 a, f64 b)
{
	if(is_nan(a) || is_nan(b)) {
		return NOT_A_NUMBER;
	}
	if(is_infinite(a)) {
		return is_infinite(b) && a != b ? NOT_A_NUMBER : a;
	}
	if(is_infinite(b)) {
		return b;
	}
	if((b & ~SIGN) == 0) {
		return (a & ~SIGN) == 0 ? a & b : a;
	}
	if((a & ~SIGN) == 0) {
		return b;
	}
	if((a & ~SIGN) < (b & ~SIGN)) {
		f64 swap = a;
		a = b;
		b = swap;
	}
	uint64_t x, y;
	int exponent = unpack(a, &x);
	int other = unpack(b, &y);
	x <<= GUARD;
	y = shift_sticky(y << GUARD, exponent - other);
	if(((a ^ b) & SIGN) == 0) {
		return normalize(a & SIGN, exponent, x + y);
	}
	return x == y ? 0 : normalize(a & SIGN, exponent, x - y);
}

f64 __subdf3(f64 a, f64 b)
{
	return is_nan(b) ? NOT_A_NUMBER : __adddf3(a, b ^ SIGN);
}

f64 __muldf3(f64 a, f64 b)
{
	f64 sign = (a ^ b) & SIGN;
	int zero = (a & ~SIGN) == 0 || (b & ~SIGN) == 0;
	if(is_nan(a) || is_nan(b) || (zero && (is_infinite(a) || is_infinite(b)))) {
		return NOT_A_NUMBER;
	}
	if(is_infinite(a) || is_infinite(b)) {
		return sign | INFINITE;
	}
	if(zero) {
		return sign;
	}
	uint64_t x, y;
	int exponent = unpack(a, &x) + unpack(b, &y) - BIAS;
	/* 53 × 53 bits; of the 106 the upper ones are kept. Halves of 32 bits: */
	uint64_t low = (x & 0xFFFFFFFFu) * (y & 0xFFFFFFFFu);
	uint64_t cross1 = (x >> 32) * (y & 0xFFFFFFFFu);
	uint64_t cross2 = (x & 0xFFFFFFFFu) * (y >> 32);
	uint64_t middle = (low >> 32) + (cross1 & 0xFFFFFFFFu) + (cross2 & 0xFFFFFFFFu);
	uint64_t high = (x >> 32) * (y >> 32) + (cross1 >> 32) + (cross2 >> 32) + (middle >> 32);
	uint64_t rest = middle << 32 | (low & 0xFFFFFFFFu);
	/* The product's bit 104 counts as one: it goes to MANTISSA_BITS + GUARD = 62 */
	uint64_t mantissa = high << 22 | rest >> 42 | ((rest & ((1ull << 42) - 1)) != 0);
	return normalize(sign, exponent, mantissa);
}

f64 __divdf3(f64 a, f64 b)
{
	f64 sign = (a ^ b) & SIGN;
	int dividend_zero = (a & ~SIGN) == 0, divisor_zero = (b & ~SIGN) == 0;
	if(is_nan(a) || is_nan(b) || (is_infinite(a) && is_infinite(b)) || (dividend_zero && divisor_zero)) {
		return NOT_A_NUMBER;
	}
	if(is_infinite(a) || divisor_zero) {
		return sign | INFINITE;
	}
	if(is_infinite(b) || dividend_zero) {
		return sign;
	}
	uint64_t x, y;
	int exponent = unpack(a, &x) - unpack(b, &y) + BIAS;
	uint64_t quotient = 0;
	for(int bit = 0; bit <= MANTISSA_BITS + GUARD; ++bit) {
		quotient <<= 1;
		if(x >= y) {
			x -= y;
			quotient |= 1;
		}
		x <<= 1;
	}
	return normalize(sign, exponent, quotient | (x != 0));
}

f64 __extendsfdf2(f32 a)
{
	f64 sign = (f64)(a >> 31) << 63;
	uint32_t exponent = a >> 23 & 0xFF;
	uint64_t mantissa = a & 0x7FFFFF;
	if(exponent == 0xFF) {
		return mantissa != 0 ? NOT_A_NUMBER : sign | INFINITE;
	}
	if(exponent != 0) {
		return sign | (f64)(exponent + BIAS - 127) << MANTISSA_BITS | mantissa << 29;
	}
	return normalize(sign, 1 + BIAS - 127, mantissa << (29 + GUARD));
}

f32 __truncdfsf2(f64 a)
{
	f32 sign = (f32)(a >> 63) << 31;
	if(is_nan(a)) {
		return 0x7FC00000u;
	}
	int exponent = ((int)(a >> MANTISSA_BITS) & EXPONENT_MAX) - BIAS + 127;
	if(exponent >= 0xFF) {
		return sign | 0x7F800000u;
	}
	uint64_t mantissa = a & MANTISSA;
	if((a & ~SIGN) >= HIDDEN) {
		mantissa |= HIDDEN;
	}
	if(exponent <= 0) {
		mantissa = shift_sticky(mantissa, 1 - exponent);
	}
	const uint64_t half = 1u << 28;
	uint64_t rest = mantissa & (2 * half - 1);
	uint32_t kept = (uint32_t)(mantissa >> 29);
	if(rest > half || (rest == half && (kept & 1) != 0)) {
		++kept;
	}
	uint32_t result = exponent <= 0 ? kept : ((uint32_t)exponent << 23) + kept - (1u << 23);
	return sign | (result > 0x7F800000u ? 0x7F800000u : result);
}

f64 __floatunsidf(uint32_t a)
{
	return normalize(0, BIAS + MANTISSA_BITS, (uint64_t)a << GUARD);
}

f64 __floatsidf(int32_t a)
{
	return a < 0 ? SIGN | __floatunsidf(0u - (uint32_t)a) : __floatunsidf((uint32_t)a);
}

/* The part before the point. What does not fit is not defined in C. */
static uint32_t whole(f64 a)
{
	int exponent = ((int)(a >> MANTISSA_BITS) & EXPONENT_MAX) - BIAS;
	if(exponent < 0 || exponent > 31) {
		return exponent < 0 ? 0 : UINT32_MAX;
	}
	return (uint32_t)(((a & MANTISSA) | HIDDEN) >> (MANTISSA_BITS - exponent));
}

int32_t __fixdfsi(f64 a)
{
	uint32_t value = whole(a);
	return (int32_t)((a & SIGN) != 0 ? 0u - value : value);
}

uint32_t __fixunsdfsi(f64 a)
{
	return (a & SIGN) != 0 ? 0 : whole(a);
}

f32 __addsf3(f32 a, f32 b)
{
	return __truncdfsf2(__adddf3(__extendsfdf2(a), __extendsfdf2(b)));
}

f32 __subsf3(f32 a, f32 b)
{
	return __truncdfsf2(__subdf3(__extendsfdf2(a), __extendsfdf2(b)));
}

f32 __mulsf3(f32 a, f32 b)
{
	return __truncdfsf2(__muldf3(__extendsfdf2(a), __extendsfdf2(b)));
}

f32 __floatsisf(int32_t a)
{
	return __truncdfsf2(__floatsidf(a));
}

f32 __floatunsisf(uint32_t a)
{
	return __truncdfsf2(__floatunsidf(a));
}

uint32_t __fixunssfsi(f32 a)
{
	return __fixunsdfsi(__extendsfdf2(a));
}
