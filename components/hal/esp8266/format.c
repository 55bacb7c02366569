/*
 * snprintf() and vsnprintf(), whose formats and strings may lie in flash: see strings.c for why. Integers, characters
 * and strings are done here (ISO C11 §7.21.6.1); a floating-point number goes to the C library with a format in RAM.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The number 2^64 - 1 in octal */
#define LONGEST_NUMBER 22

struct sink {
	char* buffer;
	size_t size;
	size_t length; /* of the whole text, also of what did not fit */
};

struct conversion {
	bool left, plus, space, alternate, zeros;
	int width;
	int precision; /* -1: none given */
	char size;	   /* 'H' for hh, 'h', 'l', 'L' for ll, 'z', 'j', 't' or 0 */
	char type;
};

static void put(struct sink* sink, char c)
{
	if(sink->length + 1 < sink->size) {
		sink->buffer[sink->length] = c;
	}
	++sink->length;
}

static void repeat(struct sink* sink, char c, int count)
{
	for(; count > 0; --count) {
		put(sink, c);
	}
}

/* Text with its sign or prefix in front, and zeros between them. */
static void put_field(struct sink* sink, const struct conversion* how, const char* prefix, int zeros, const char* text,
					  int length)
{
	int prefix_length = (int)strlen(prefix);
	int fill = how->width - prefix_length - zeros - length;
	if(!how->left) {
		repeat(sink, ' ', fill);
	}
	for(int i = 0; i < prefix_length; ++i) {
		put(sink, prefix[i]);
	}
	repeat(sink, '0', zeros);
	for(int i = 0; i < length; ++i) {
		put(sink, text[i]);
	}
	if(how->left) {
		repeat(sink, ' ', fill);
	}
}

static void put_number(struct sink* sink, const struct conversion* how, uint64_t value, const char* prefix)
{
	unsigned base = how->type == 'o' ? 8 : how->type == 'x' || how->type == 'X' || how->type == 'p' ? 16 : 10;
	char digits[LONGEST_NUMBER];
	int length = 0;
	char ten = how->type == 'X' ? 'A' : 'a';
	for(; value != 0; value /= base) {
		unsigned digit = (unsigned)(value % base);
		digits[LONGEST_NUMBER - ++length] = (char)(digit < 10 ? '0' + digit : (unsigned)ten + digit - 10);
	}
	int zeros = (how->precision < 0 ? 1 : how->precision) - length;
	if(how->type == 'o' && how->alternate && zeros < 1 && (length == 0 || digits[LONGEST_NUMBER - length] != '0')) {
		zeros = 1;
	}
	if(how->zeros && !how->left && how->precision < 0) {
		int room = how->width - (int)strlen(prefix) - length;
		zeros = room > zeros ? room : zeros;
	}
	put_field(sink, how, prefix, zeros > 0 ? zeros : 0, digits + LONGEST_NUMBER - length, length);
}

static int64_t take_signed(char size, va_list* arguments)
{
	switch(size) {
	case 'L':
	case 'j':
		return va_arg(*arguments, long long);
	case 'l':
		return va_arg(*arguments, long);
	case 'z':
	case 't':
		return va_arg(*arguments, ptrdiff_t);
	case 'h':
		return (short)va_arg(*arguments, int);
	case 'H':
		return (signed char)va_arg(*arguments, int);
	default:
		return va_arg(*arguments, int);
	}
}

static uint64_t take_unsigned(char size, va_list* arguments)
{
	switch(size) {
	case 'L':
	case 'j':
		return va_arg(*arguments, unsigned long long);
	case 'l':
		return va_arg(*arguments, unsigned long);
	case 'z':
	case 't':
		return va_arg(*arguments, size_t);
	case 'h':
		return (unsigned short)va_arg(*arguments, unsigned);
	case 'H':
		return (unsigned char)va_arg(*arguments, unsigned);
	default:
		return va_arg(*arguments, unsigned);
	}
}

static void put_string(struct sink* sink, const struct conversion* how, const char* text)
{
	if(text == NULL) {
		text = "(null)";
	}
	int length = how->precision;
	const char* end = length < 0 ? text + strlen(text) : memchr(text, 0, (size_t)length);
	if(end != NULL) {
		length = (int)(end - text);
	}
	put_field(sink, how, "", 0, text, length);
}

static void put_float(struct sink* sink, const struct conversion* how, double value);

static void convert(struct sink* sink, struct conversion* how, va_list* arguments)
{
	switch(how->type) {
	case 'd':
	case 'i': {
		int64_t value = take_signed(how->size, arguments);
		const char* sign = value < 0 ? "-" : how->plus ? "+" : how->space ? " " : "";
		put_number(sink, how, value < 0 ? 0u - (uint64_t)value : (uint64_t)value, sign);
		break;
	}
	case 'u':
	case 'o':
	case 'x':
	case 'X': {
		uint64_t value = take_unsigned(how->size, arguments);
		bool marked = how->alternate && value != 0;
		put_number(sink, how, value, marked && how->type == 'x' ? "0x" : marked && how->type == 'X' ? "0X" : "");
		break;
	}
	case 'p':
		put_number(sink, how, (uintptr_t)va_arg(*arguments, void*), "0x");
		break;
	case 'c': {
		char c = (char)va_arg(*arguments, int);
		put_field(sink, how, "", 0, &c, 1);
		break;
	}
	case 's':
		put_string(sink, how, va_arg(*arguments, const char*));
		break;
	case '%':
		put(sink, '%');
		break;
	default:
		put_float(sink, how, va_arg(*arguments, double));
	}
}

/* The C library's own formatting writes into `stream`, whose function gets no more than this. */
static struct sink* float_sink;

static int put_of_float(char c, FILE* stream)
{
	(void)stream;
	put(float_sink, c);
	return 0;
}

static void put_float(struct sink* sink, const struct conversion* how, double value)
{
	char format[16];
	size_t n = 0;
	format[n++] = '%';
	const struct {
		bool given;
		char sign;
	} flags[] = {{how->left, '-'}, {how->plus, '+'}, {how->space, ' '}, {how->alternate, '#'}, {how->zeros, '0'}};
	for(unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); ++i) {
		if(flags[i].given) {
			format[n++] = flags[i].sign;
		}
	}
	format[n++] = '*';
	format[n++] = '.';
	format[n++] = '*';
	format[n++] = how->type;
	format[n] = 0;
	FILE stream = FDEV_SETUP_STREAM(put_of_float, NULL, NULL, _FDEV_SETUP_WRITE);
	float_sink = sink;
	(void)fprintf(&stream, format, how->width, how->precision < 0 ? 6 : how->precision, value);
}

static const char* take_number(const char* format, int* value, va_list* arguments)
{
	if(*format == '*') {
		*value = va_arg(*arguments, int);
		return format + 1;
	}
	*value = 0;
	for(; *format >= '0' && *format <= '9'; ++format) {
		if(*value < 100000) {
			*value = *value * 10 + (*format - '0');
		}
	}
	return format;
}

static const char* take_flags(const char* format, struct conversion* how)
{
	for(;; ++format) {
		switch(*format) {
		case '-':
			how->left = true;
			break;
		case '+':
			how->plus = true;
			break;
		case ' ':
			how->space = true;
			break;
		case '#':
			how->alternate = true;
			break;
		case '0':
			how->zeros = true;
			break;
		default:
			return format;
		}
	}
}

static const char* take_size(const char* format, struct conversion* how)
{
	char first = *format;
	if(first != 'h' && first != 'l' && first != 'z' && first != 'j' && first != 't') {
		return format;
	}
	bool twice = (first == 'h' || first == 'l') && format[1] == first;
	how->size = !twice ? first : first == 'h' ? 'H' : 'L';
	return format + (twice ? 2 : 1);
}

int vsnprintf(char* buffer, size_t size, const char* format, va_list arguments)
{
	struct sink sink = {buffer, size, 0};
	va_list rest;
	va_copy(rest, arguments);
	for(; *format != 0; ++format) {
		if(*format != '%') {
			put(&sink, *format);
			continue;
		}
		struct conversion how;
		memset(&how, 0, sizeof(how));
		format = take_number(take_flags(format + 1, &how), &how.width, &rest);
		if(how.width < 0) {
			how.left = true;
			how.width = -how.width;
		}
		how.precision = -1;
		if(*format == '.') {
			format = take_number(format + 1, &how.precision, &rest);
		}
		format = take_size(format, &how);
		how.type = *format;
		if(how.type == 0) {
			break;
		}
		convert(&sink, &how, &rest);
	}
	va_end(rest);
	if(size != 0) {
		buffer[sink.length < size ? sink.length : size - 1] = 0;
	}
	return (int)sink.length;
}

int snprintf(char* buffer, size_t size, const char* format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return length;
}
