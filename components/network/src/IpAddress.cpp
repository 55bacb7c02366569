#include <IpAddress.h>
#include <cstdlib>

bool IpAddress::parse(const char* text, size_t length, uint8_t (&octets)[4])
{
	uint8_t result[4];
	size_t pos = 0;
	for(unsigned i = 0; i < 4; ++i) {
		if(i > 0 && (pos == length || text[pos++] != '.')) {
			return false;
		}
		auto start = pos;
		unsigned value = 0;
		while(pos < length && pos - start < 4 && text[pos] >= '0' && text[pos] <= '9') {
			value = value * 10 + unsigned(text[pos++] - '0');
		}
		auto digits = pos - start;
		if(digits == 0 || value > 255 || (digits > 1 && text[start] == '0')) {
			return false;
		}
		result[i] = uint8_t(value);
	}
	if(pos != length) {
		return false;
	}
	for(unsigned i = 0; i < 4; ++i) {
		octets[i] = result[i];
	}
	return true;
}

void IpAddress::fromString(const String& address)
{
	if(!parse(address.c_str(), address.length(), octets)) {
		*this = IpAddress();
	}
}

uint8_t IpAddress::operator[](int index) const
{
	if(unsigned(index) >= sizeof(octets)) {
		abort();
	}
	return octets[index];
}

uint8_t& IpAddress::operator[](int index)
{
	if(unsigned(index) >= sizeof(octets)) {
		abort();
	}
	return octets[index];
}

String IpAddress::toString() const
{
	char text[16];
	size_t length = 0;
	for(unsigned i = 0; i < sizeof(octets); ++i) {
		unsigned value = octets[i];
		if(i > 0) {
			text[length++] = '.';
		}
		if(value >= 100) {
			text[length++] = char('0' + value / 100);
		}
		if(value >= 10) {
			text[length++] = char('0' + value / 10 % 10);
		}
		text[length++] = char('0' + value % 10);
	}
	return String(text, length);
}

size_t IpAddress::printTo(Print& p) const
{
	return p.print(toString());
}
