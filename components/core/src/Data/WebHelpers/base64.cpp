#include <Data/WebHelpers/base64.h>

namespace
{
char digitOf(unsigned value)
{
	if(value < 26) {
		return char('A' + value);
	}
	if(value < 52) {
		return char('a' + value - 26);
	}
	if(value < 62) {
		return char('0' + value - 52);
	}
	return (value == 62) ? '+' : '/';
}

int valueOf(char digit)
{
	if(digit >= 'A' && digit <= 'Z') {
		return digit - 'A';
	}
	if(digit >= 'a' && digit <= 'z') {
		return digit - 'a' + 26;
	}
	if(digit >= '0' && digit <= '9') {
		return digit - '0' + 52;
	}
	return (digit == '+') ? 62 : (digit == '/') ? 63 : -1;
}

} // namespace

String base64_encode(const uint8_t* in, size_t in_len)
{
	String text;
	if(in_len > SIZE_MAX / 2 || !text.setLength((in_len + 2) / 3 * 4)) {
		return nullptr;
	}
	auto out = text.begin();
	for(size_t i = 0; i < in_len; i += 3) {
		auto left = in_len - i;
		unsigned group = unsigned(in[i]) << 16;
		group |= (left > 1) ? unsigned(in[i + 1]) << 8 : 0;
		group |= (left > 2) ? in[i + 2] : 0u;
		*out++ = digitOf(group >> 18);
		*out++ = digitOf((group >> 12) & 63);
		*out++ = (left > 1) ? digitOf((group >> 6) & 63) : '=';
		*out++ = (left > 2) ? digitOf(group & 63) : '=';
	}
	return text;
}

String base64_decode(const char* in, size_t in_len)
{
	if(in_len % 4 != 0) {
		return nullptr;
	}
	size_t padding = 0;
	while(padding < 2 && padding < in_len && in[in_len - 1 - padding] == '=') {
		++padding;
	}
	String data;
	if(!data.setLength(in_len / 4 * 3 - padding)) {
		return nullptr;
	}
	auto out = reinterpret_cast<uint8_t*>(data.begin());
	size_t written = 0;
	for(size_t i = 0; i < in_len; i += 4) {
		unsigned group = 0;
		for(size_t k = 0; k < 4; ++k) {
			int value = (i + k >= in_len - padding) ? 0 : valueOf(in[i + k]);
			if(value < 0) {
				return nullptr;
			}
			group = (group << 6) | unsigned(value);
		}
		for(int shift = 16; shift >= 0; shift -= 8) {
			auto byte = uint8_t(group >> shift);
			if(written < data.length()) {
				out[written++] = byte;
			} else if(byte != 0) {
				return nullptr; // bits beyond the data must be zero: one text for each value (RFC 4648 §3.5)
			}
		}
	}
	return data;
}
