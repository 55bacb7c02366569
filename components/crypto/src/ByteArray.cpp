#include <Crypto/ByteArray.h>

namespace Crypto
{
bool isEqual(const void* a, const void* b, size_t size)
{
	auto left = static_cast<const volatile uint8_t*>(a);
	auto right = static_cast<const volatile uint8_t*>(b);
	uint8_t difference = 0;
	for(size_t i = 0; i < size; ++i) {
		difference = uint8_t(difference | (left[i] ^ right[i]));
	}
	return difference == 0;
}

String toHex(const void* data, size_t size, char separator)
{
	static const char digits[] = "0123456789abcdef";
	auto bytes = static_cast<const uint8_t*>(data);
	String text;
	const size_t width = (separator == '\0') ? 2 : 3;
	if(size == 0 || !text.reserve(size * width)) {
		return text;
	}
	for(size_t i = 0; i < size; ++i) {
		if(separator != '\0' && i != 0) {
			text += separator;
		}
		text += digits[bytes[i] >> 4];
		text += digits[bytes[i] & 15];
	}
	return text;
}

} // namespace Crypto
