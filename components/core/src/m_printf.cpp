#include "m_printf.h"
#include "debug_progmem.h"
#include "formatText.h"
#include "hal.h"
#include "stringutil.h"
#include <cstdio>

namespace
{
size_t toConsole(const char* text, size_t length)
{
	hal_console_write(text, length);
	return length;
}

nputs_callback_t output = toConsole;

} // namespace

extern "C" {
nputs_callback_t m_setPuts(nputs_callback_t callback)
{
	auto former = output;
	output = callback;
	return former;
}

size_t m_nputs(const char* text, size_t length)
{
	return output == nullptr || text == nullptr ? 0 : output(text, length);
}

int m_puts(const char* text)
{
	return text == nullptr ? 0 : int(m_nputs(text, strlen(text)));
}

int m_putc(char c)
{
	return int(m_nputs(&c, 1));
}

int m_vprintf(const char* format, va_list args)
{
	if(output == nullptr || format == nullptr) {
		return 0;
	}
	FormattedText text(format, args);
	return int(m_nputs(text.data(), text.length()));
}

int m_printf(const char* format, ...)
{
	va_list args;
	va_start(args, format);
	int written = m_vprintf(format, args);
	va_end(args);
	return written;
}

int m_vsnprintf(char* buffer, size_t size, const char* format, va_list args)
{
	return vsnprintf(buffer, size, format, args);
}

int m_snprintf(char* buffer, size_t size, const char* format, ...)
{
	va_list args;
	va_start(args, format);
	int length = vsnprintf(buffer, size, format, args);
	va_end(args);
	return length;
}

void m_printHex(const char* tag, const void* data, size_t length, int address, size_t bytesPerLine)
{
	constexpr size_t maxBytes = 32; // on a line: bounds the buffer below
	auto bytes = static_cast<const uint8_t*>(data);
	if(bytesPerLine == 0 || bytesPerLine > maxBytes) {
		bytesPerLine = maxBytes;
	}
	for(size_t start = 0; start < length; start += bytesPerLine) {
		size_t count = length - start < bytesPerLine ? length - start : bytesPerLine;
		char line[maxBytes * 4 + 1];
		char* place = line;
		for(size_t i = 0; i < bytesPerLine; ++i) {
			*place++ = i < count ? hexchar(uint8_t(bytes[start + i] >> 4)) : ' ';
			*place++ = i < count ? hexchar(bytes[start + i]) : ' ';
			*place++ = ' ';
		}
		for(size_t i = 0; i < count; ++i) {
			char c = char(bytes[start + i]);
			*place++ = c >= ' ' && c <= '~' ? c : '.';
		}
		*place = '\0';
		if(tag != nullptr) {
			m_printf("%s: ", tag);
		}
		if(address >= 0) {
			m_printf("%04x  ", unsigned(address) + unsigned(start));
		}
		m_printf("%s\r\n", line);
	}
}

void debug_print(unsigned level, const char* format, ...)
{
	if(output == nullptr) {
		return;
	}
	static const char* const prefixes[] = {"E ", "W ", "", ""};
	va_list args;
	va_start(args, format);
	FormattedText text(format, args);
	va_end(args);
	m_printf("%u %s", unsigned(hal_time_us() / 1000), prefixes[level < 4 ? level : 3]);
	m_nputs(text.data(), text.length());
	m_puts(text.isCut() ? "…\r\n" : "\r\n");
}
}
