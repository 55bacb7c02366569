/*
 * Integer arithmetic that the core has no instruction for, under the names that GCC calls
 * (GCC internals, "The GCC low-level runtime library").
 */
#include <stdint.h>

uint32_t __udivsi3(uint32_t n, uint32_t d);
uint32_t __umodsi3(uint32_t n, uint32_t d);
int32_t __divsi3(int32_t n, int32_t d);
uint64_t __umulsidi3(uint32_t a, uint32_t b);
uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);

/* Schoolbook, from the first bit of the dividend that can matter. A division by zero is not defined in C. */
static uint32_t divide(uint32_t n, uint32_t d, uint32_t* rest)
{
	uint32_t quotient = 0;
	if(d == 0 || n < d) {
		*rest = n;
		return 0;
	}
	/* NSAU is one instruction */
	int shift = __builtin_clz(d) - __builtin_clz(n);
	d <<= shift;
	for(; shift >= 0; --shift) {
		quotient <<= 1;
		if(n >= d) {
			n -= d;
			quotient |= 1;
		}
		d >>= 1;
	}
	*rest = n;
	return quotient;
}

uint32_t __udivsi3(uint32_t n, uint32_t d)
{
	uint32_t rest;
	return divide(n, d, &rest);
}

uint32_t __umodsi3(uint32_t n, uint32_t d)
{
	uint32_t rest;
	(void)divide(n, d, &rest);
	return rest;
}

static uint32_t magnitude(int32_t n)
{
	return n < 0 ? 0u - (uint32_t)n : (uint32_t)n;
}

int32_t __divsi3(int32_t n, int32_t d)
{
	uint32_t rest;
	uint32_t quotient = divide(magnitude(n), magnitude(d), &rest);
	return (int32_t)((n < 0) != (d < 0) ? 0u - quotient : quotient);
}

typedef union {
	uint64_t value;
	struct {
		uint32_t low, high;
	} half;
} wide;

uint64_t __umulsidi3(uint32_t a, uint32_t b)
{
	uint32_t al = a & 0xFFFF, ah = a >> 16, bl = b & 0xFFFF, bh = b >> 16;
	uint32_t low = al * bl, cross1 = al * bh, cross2 = ah * bl;
	uint32_t middle = (low >> 16) + (cross1 & 0xFFFF) + (cross2 & 0xFFFF);
	wide r;
	r.half.low = (low & 0xFFFF) | middle << 16;
	r.half.high = ah * bh + (cross1 >> 16) + (cross2 >> 16) + (middle >> 16);
	return r.value;
}

uint64_t __muldi3(uint64_t a, uint64_t b)
{
	wide x = {a}, y = {b}, r = {__umulsidi3(x.half.low, y.half.low)};
	r.half.high += x.half.low * y.half.high + x.half.high * y.half.low;
	return r.value;
}

static int leading_zeros(uint64_t value)
{
	wide v = {value};
	return v.half.high != 0 ? __builtin_clz(v.half.high) : 32 + __builtin_clz(v.half.low);
}

static uint64_t divide64(uint64_t n, uint64_t d, uint64_t* rest)
{
	uint64_t quotient = 0;
	if(d == 0 || n < d) {
		*rest = n;
		return 0;
	}
	if(n >> 32 == 0) {
		uint32_t rest32;
		quotient = divide((uint32_t)n, (uint32_t)d, &rest32);
		*rest = rest32;
		return quotient;
	}
	int shift = leading_zeros(d) - leading_zeros(n);
	d <<= shift;
	for(; shift >= 0; --shift) {
		quotient <<= 1;
		if(n >= d) {
			n -= d;
			quotient |= 1;
		}
		d >>= 1;
	}
	*rest = n;
	return quotient;
}

uint64_t __udivdi3(uint64_t n, uint64_t d)
{
	uint64_t rest;
	return divide64(n, d, &rest);
}

uint64_t __umoddi3(uint64_t n, uint64_t d)
{
	uint64_t rest;
	(void)divide64(n, d, &rest);
	return rest;
}

static uint64_t magnitude64(int64_t n)
{
	return n < 0 ? 0u - (uint64_t)n : (uint64_t)n;
}

int64_t __divdi3(int64_t n, int64_t d)
{
	uint64_t rest;
	uint64_t quotient = divide64(magnitude64(n), magnitude64(d), &rest);
	return (int64_t)((n < 0) != (d < 0) ? 0u - quotient : quotient);
}
