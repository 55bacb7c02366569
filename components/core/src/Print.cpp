#include "Print.h"
#include "formatText.h"
#include "numberutil.h"

size_t Print::write(const uint8_t* buffer, size_t size)
{
	size_t count = 0;
	while(count < size && write(buffer[count]) != 0) {
		++count;
	}
	return count;
}

size_t Print::printSigned(long long num, unsigned base, unsigned width, char pad)
{
	if(base == 0) {
		return write(uint8_t(num));
	}
	char buffer[numberTextSize];
	auto magnitude = static_cast<unsigned long long>(num);
	// Negated after the conversion: the most negative number has no positive counterpart
	const char* text = numberToText(buffer, num < 0 ? 0ULL - magnitude : magnitude, num < 0, base, width, pad);
	return write(text, size_t(buffer + numberTextSize - text));
}

size_t Print::printUnsigned(unsigned long long num, unsigned base, unsigned width, char pad)
{
	if(base == 0) {
		return write(uint8_t(num));
	}
	char buffer[numberTextSize];
	const char* text = numberToText(buffer, num, false, base, width, pad);
	return write(text, size_t(buffer + numberTextSize - text));
}

size_t Print::printFloat(double num, unsigned digits)
{
	char buffer[64];
	return write(buffer, floatToText(buffer, num, digits));
}

size_t Print::printf(const char* fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	FormattedText text(fmt, args);
	va_end(args);
	size_t written = write(text.data(), text.length());
	if(text.isCut()) {
		setWriteError();
	}
	return written;
}
