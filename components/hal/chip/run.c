/* From reset to main(): variables, stack mark, constructors. And the end: panic, fault. */
#include "hal.h"
#include "hal_chip.h"
#include <string.h>

/* From the linker script. Words, all aligned. */
extern uint32_t _bss_start[], _bss_end[], _data_start[], _data_end[], _data_load[];
extern uint32_t _heap_start[], _heap_end[], _stack_start[], _stack_end[];
extern void (*_init_array_start[])(void);
extern void (*_init_array_end[])(void);

/* What unused stack holds */
#define UNUSED_STACK 0x5AFE57ACu

/* Bytes left alone below the stack pointer when the stack is marked: this function's own frame. */
#define FRAME_ROOM 256u

void chip_run(void)
{
	if(&_data_load[0] != &_data_start[0]) {
		for(uint32_t *to = _data_start, *from = _data_load; to < _data_end;) {
			*to++ = *from++;
		}
	}
	for(volatile uint32_t* word = _bss_start; word < _bss_end; ++word) {
		*word = 0;
	}
	uint32_t here;
	for(volatile uint32_t* word = _stack_start; (uintptr_t)word + FRAME_ROOM < (uintptr_t)&here; ++word) {
		*word = UNUSED_STACK;
	}
	chip_heap_start(_heap_start, _heap_end);
	chip_start();
	for(void (**constructor)(void) = _init_array_start; constructor < _init_array_end; ++constructor) {
		(*constructor)();
	}
	main();
	hal_restart();
}

size_t hal_stack_peak(void)
{
	const uint32_t* word = _stack_start;
	while(word < _stack_end && *word == UNUSED_STACK) {
		++word;
	}
	return (size_t)((uintptr_t)_stack_end - (uintptr_t)word);
}

void chip_check_stack(void)
{
	if(_stack_start[0] != UNUSED_STACK) {
		hal_panic("the stack has overflowed");
	}
}

static void print_hex(uint32_t value)
{
	char text[9];
	for(int i = 7; i >= 0; --i) {
		unsigned digit = value & 15;
		text[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		value >>= 4;
	}
	text[8] = ' ';
	hal_console_write(text, sizeof(text));
}

static void print(const char* text)
{
	hal_console_write(text, strlen(text));
}

void hal_panic(const char* message)
{
	hal_link_abandon();
	print("\npanic: ");
	print(message);
	print("\n");
	hal_restart();
}

/* Words of the stack that point into code are return addresses, or were: `monitor` looks their lines up. */
void chip_fault(const char* what, const uint32_t* registers, unsigned count, uint32_t stack)
{
	hal_link_abandon();
	print("\nfault: ");
	print(what);
	print("\nregisters: ");
	for(unsigned i = 0; i < count; ++i) {
		print_hex(registers[i]);
	}
	print("\nstack: ");
	const uint32_t* word = (const uint32_t*)(uintptr_t)(stack & ~3u);
	for(unsigned i = 0; i < 64 && word >= _stack_start && word < _stack_end; ++i) {
		print_hex(*word++);
	}
	print("\n");
	hal_restart();
}

/* A constructor cannot fail, and there is no exception to throw: what the C++ library calls instead. */
void __cxa_pure_virtual(void)
{
	hal_panic("a pure virtual function was called");
}

void __assert_func(const char* file, int line, const char* function, const char* expression)
{
	(void)file;
	(void)line;
	(void)function;
	hal_panic(expression);
}

void abort(void)
{
	hal_panic("abort");
}

/* Static objects are never destroyed */
int atexit(void (*function)(void))
{
	(void)function;
	return 0;
}
