/*
 * Functions of <string.h> that may be given constants. Flash can only be read by words, and the C library was compiled
 * without -mforce-l32; the linker takes these instead.
 */
#include <stddef.h>
#include <stdint.h>

void* memcpy(void* restrict to, const void* restrict from, size_t length);
void* memmove(void* to, const void* from, size_t length);
int memcmp(const void* a, const void* b, size_t length);
void* memchr(const void* data, int wanted, size_t length);
size_t strlen(const char* text);
size_t strnlen(const char* text, size_t limit);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, size_t length);
char* strncpy(char* restrict to, const char* restrict from, size_t length);
char* strchr(const char* text, int wanted);
size_t strcspn(const char* text, const char* set);

/* Both may be read and written in words from here on. */
static int is_aligned(const void* a, const void* b)
{
	return (((uintptr_t)a | (uintptr_t)b) & 3) == 0;
}

void* memcpy(void* restrict to, const void* restrict from, size_t length)
{
	uint8_t* out = to;
	const uint8_t* in = from;
	if(is_aligned(out, in)) {
		for(; length >= 4; length -= 4, out += 4, in += 4) {
			*(uint32_t*)out = *(const uint32_t*)in;
		}
	}
	while(length-- != 0) {
		*out++ = *in++;
	}
	return to;
}

void* memmove(void* to, const void* from, size_t length)
{
	uint8_t* out = to;
	const uint8_t* in = from;
	if(out <= in || out >= in + length) {
		return memcpy(to, from, length);
	}
	out += length;
	in += length;
	if(is_aligned(out, in)) {
		while(length >= 4) {
			out -= 4;
			in -= 4;
			length -= 4;
			*(uint32_t*)out = *(const uint32_t*)in;
		}
	}
	while(length-- != 0) {
		*--out = *--in;
	}
	return to;
}

int memcmp(const void* a, const void* b, size_t length)
{
	const uint8_t* x = a;
	const uint8_t* y = b;
	for(; length != 0; --length, ++x, ++y) {
		if(*x != *y) {
			return *x - *y;
		}
	}
	return 0;
}

void* memchr(const void* data, int wanted, size_t length)
{
	for(const uint8_t* at = data; length-- != 0; ++at) {
		if(*at == (uint8_t)wanted) {
			return (void*)(uintptr_t)at;
		}
	}
	return NULL;
}

size_t strlen(const char* text)
{
	size_t length = 0;
	while(text[length] != 0) {
		++length;
	}
	return length;
}

size_t strnlen(const char* text, size_t limit)
{
	size_t length = 0;
	while(length < limit && text[length] != 0) {
		++length;
	}
	return length;
}

int strcmp(const char* a, const char* b)
{
	while(*a != 0 && *a == *b) {
		++a;
		++b;
	}
	return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char* a, const char* b, size_t length)
{
	for(; length != 0; --length, ++a, ++b) {
		if(*a != *b || *a == 0) {
			return (uint8_t)*a - (uint8_t)*b;
		}
	}
	return 0;
}

char* strncpy(char* restrict to, const char* restrict from, size_t length)
{
	size_t i = 0;
	for(; i < length && from[i] != 0; ++i) {
		to[i] = from[i];
	}
	for(; i < length; ++i) {
		to[i] = 0;
	}
	return to;
}

char* strchr(const char* text, int wanted)
{
	for(;; ++text) {
		if(*text == (char)wanted) {
			return (char*)(uintptr_t)text;
		}
		if(*text == 0) {
			return NULL;
		}
	}
}

size_t strcspn(const char* text, const char* set)
{
	size_t length = 0;
	while(text[length] != 0 && strchr(set, text[length]) == NULL) {
		++length;
	}
	return length;
}
