/* What figures.c needs from a C library. */
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
