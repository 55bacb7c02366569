/* What figures.c needs from a C library, and what Debian's libgcc for this core lacks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { SYS_EXIT = 1, SYS_WRITE = 4 };
#define STANDARD_OUTPUT 1

int main(void);
int simcall(int number, int a, int b, int c);
void run(void);

extern char __bss_start[], _end[];

void run(void)
{
	for (char *p = __bss_start; p < _end; p++) {
		*p = 0;
	}
	int result = main();
	for (;;) {
		simcall(SYS_EXIT, result, 0, 0);
	}
}

/* Division: schoolbook, bit by bit */

unsigned __udivsi3(unsigned n, unsigned d)
{
	unsigned quotient = 0, rest = 0;
	for (int i = 31; i >= 0; i--) {
		rest = rest << 1 | (n >> i & 1);
		if (rest >= d) {
			rest -= d;
			quotient |= 1u << i;
		}
	}
	return quotient;
}

unsigned __umodsi3(unsigned n, unsigned d)
{
	return n - __udivsi3(n, d) * d;
}

static unsigned magnitude(int n)
{
	return n < 0 ? 0u - (unsigned)n : (unsigned)n;
}

int __divsi3(int n, int d)
{
	unsigned quotient = __udivsi3(magnitude(n), magnitude(d));
	return (n < 0) != (d < 0) ? (int)(0u - quotient) : (int)quotient;
}

int __modsi3(int n, int d)
{
	return n - __divsi3(n, d) * d;
}

/* 64 bits from 32 */

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

uint64_t __muldi3(uint64_t x, uint64_t y)
{
	wide a = {x}, b = {y}, r = {__umulsidi3(a.half.low, b.half.low)};
	r.half.high += a.half.low * b.half.high + a.half.high * b.half.low;
	return r.value;
}

uint64_t __ashldi3(uint64_t x, int n)
{
	wide a = {x}, r = {x};
	if (n >= 32) {
		r.half.high = a.half.low << (n - 32);
		r.half.low = 0;
	} else if (n > 0) {
		r.half.high = a.half.high << n | a.half.low >> (32 - n);
		r.half.low = a.half.low << n;
	}
	return r.value;
}

uint64_t __lshrdi3(uint64_t x, int n)
{
	wide a = {x}, r = {x};
	if (n >= 32) {
		r.half.low = a.half.high >> (n - 32);
		r.half.high = 0;
	} else if (n > 0) {
		r.half.low = a.half.low >> n | a.half.high << (32 - n);
		r.half.high = a.half.high >> n;
	}
	return r.value;
}

/* Output */

static void put(const char *text, size_t length)
{
	while (length > 0) {
		int count = simcall(SYS_WRITE, STANDARD_OUTPUT, (int)text, (int)length);
		if (count <= 0) {
			return;
		}
		text += count;
		length -= (size_t)count;
	}
}

static void put_number(unsigned value)
{
	char digits[10];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	put(digits + at, sizeof(digits) - at);
}

/** %s and %zu, whose widths are passed over. */
int printf(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	for (; *format != 0; format++) {
		if (*format != '%') {
			put(format, 1);
			continue;
		}
		do {
			format++;
		} while (*format == '-' || *format == 'z' || (*format >= '0' && *format <= '9'));
		if (*format == 's') {
			const char *text = va_arg(arguments, const char *);
			size_t length = 0;
			while (text[length] != 0) {
				length++;
			}
			put(text, length);
		} else {
			put_number(va_arg(arguments, unsigned));
		}
	}
	va_end(arguments);
	return 0;
}

/* Heap: blocks that were freed are used again when they fit */

#define HEAP 120000
#define ALIGNMENT 16

typedef struct block {
	struct block *next;
	size_t size;
	uint32_t unused[2];
} block;

static uint8_t heap[HEAP] __attribute__((aligned(ALIGNMENT)));
static size_t heap_used;
static block *freed;

void *malloc(size_t size)
{
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	for (block **at = &freed; *at != NULL; at = &(*at)->next) {
		if ((*at)->size >= size && (*at)->size < size + 4 * ALIGNMENT) {
			block *found = *at;
			*at = found->next;
			return found + 1;
		}
	}
	if (heap_used + sizeof(block) + size > sizeof(heap)) {
		return NULL;
	}
	block *fresh = (block *)(void *)(heap + heap_used);
	heap_used += sizeof(block) + size;
	fresh->size = size;
	return fresh + 1;
}

void free(void *memory)
{
	if (memory != NULL) {
		block *b = (block *)memory - 1;
		b->next = freed;
		freed = b;
	}
}
