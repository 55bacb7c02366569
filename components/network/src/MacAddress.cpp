#include <MacAddress.h>
#include <cstdlib>

namespace
{
int hexValue(char c)
{
	if(c >= '0' && c <= '9') {
		return c - '0';
	}
	c = char(c | 0x20);
	return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

bool isSeparator(char c)
{
	return c == ':' || c == '-' || c == '.';
}

} // namespace

MacAddress::MacAddress(const String& text)
{
	Octets result;
	auto p = text.c_str();
	for(unsigned i = 0; i < sizeof(result); ++i) {
		if(i > 0 && isSeparator(*p)) {
			++p;
		}
		int high = hexValue(p[0]);
		int low = (high < 0) ? -1 : hexValue(p[1]);
		if(low < 0) {
			return;
		}
		result[i] = uint8_t(high << 4 | low);
		p += 2;
	}
	if(p == text.c_str() + text.length()) {
		setOctets(result);
	}
}

uint8_t MacAddress::operator[](unsigned index) const
{
	if(index >= sizeof(octets)) {
		abort();
	}
	return octets[index];
}

uint8_t& MacAddress::operator[](unsigned index)
{
	if(index >= sizeof(octets)) {
		abort();
	}
	return octets[index];
}

String MacAddress::toString(char separator) const
{
	static const char digits[] = "0123456789abcdef";
	char text[sizeof(octets) * 3];
	size_t length = 0;
	for(unsigned i = 0; i < sizeof(octets); ++i) {
		if(i > 0 && separator != '\0') {
			text[length++] = separator;
		}
		text[length++] = digits[octets[i] >> 4];
		text[length++] = digits[octets[i] & 15];
	}
	return String(text, length);
}

uint32_t MacAddress::getHash() const
{
	uint32_t hash = 2166136261U;
	for(auto octet : octets) {
		hash = (hash ^ octet) * 16777619U;
	}
	return hash;
}
