#include "Data/HexString.h"
#include "stringutil.h"

String makeHexString(const void* data, size_t length, char separator)
{
	auto bytes = static_cast<const uint8_t*>(data);
	if(data == nullptr || length == 0) {
		return "";
	}
	unsigned perByte = separator == '\0' ? 2 : 3;
	String text;
	if(length > UINT32_MAX / 4 || !text.setLength(length * perByte - (perByte - 2))) {
		return nullptr;
	}
	char* place = text.begin();
	for(size_t i = 0; i < length; ++i) {
		if(separator != '\0' && i != 0) {
			*place++ = separator;
		}
		*place++ = hexchar(uint8_t(bytes[i] >> 4));
		*place++ = hexchar(bytes[i]);
	}
	return text;
}

size_t parseHexString(const char* text, size_t textLength, uint8_t* data, size_t dataSize)
{
	size_t count = 0;
	for(size_t i = 0; i < textLength; i += 2) {
		if(count != 0 && (text[i] == ':' || text[i] == ' ' || text[i] == '-')) {
			++i;
		}
		if(count == dataSize || textLength - i < 2 || i >= textLength) {
			return 0;
		}
		int high = unhex(text[i]);
		int low = unhex(text[i + 1]);
		if(high < 0 || low < 0) {
			return 0;
		}
		data[count++] = uint8_t(high << 4 | low);
	}
	return count;
}
