#include <Network/WebHelpers/escape.h>
#include <cstring>
#include <stringutil.h>

namespace
{
constexpr char upperDigits[] = "0123456789ABCDEF";

bool isUnreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		   c == '_' || c == '~';
}

bool isPlain(char c, const char* keep)
{
	return isUnreserved(c) || (c != '\0' && keep != nullptr && strchr(keep, c) != nullptr);
}

/* Decode one character at text[pos] and step over it. */
char decodeAt(const char* text, size_t length, size_t& pos, bool plusIsSpace)
{
	char c = text[pos++];
	if(c == '+' && plusIsSpace) {
		return ' ';
	}
	if(c == '%' && length - pos >= 2) {
		int high = unhex(text[pos]);
		int low = unhex(text[pos + 1]);
		if(high >= 0 && low >= 0) {
			pos += 2;
			return char(high << 4 | low);
		}
	}
	return c;
}

} // namespace

String uri_escape(const char* src, size_t length, const char* keep)
{
	size_t size = length;
	for(size_t i = 0; i < length; ++i) {
		size += isPlain(src[i], keep) ? 0 : 2;
	}
	String result;
	if(!result.setLength(size)) {
		return nullptr;
	}
	auto out = result.begin();
	for(size_t i = 0; i < length; ++i) {
		char c = src[i];
		if(isPlain(c, keep)) {
			*out++ = c;
		} else {
			*out++ = '%';
			*out++ = upperDigits[uint8_t(c) >> 4];
			*out++ = upperDigits[uint8_t(c) & 15];
		}
	}
	return result;
}

char* uri_escape(char* dest, size_t dest_len, const char* src, int src_len)
{
	auto length = (src_len < 0) ? strlen(src) : size_t(src_len);
	size_t out = 0;
	for(size_t i = 0; i < length; ++i) {
		bool plain = isUnreserved(src[i]);
		if(out + (plain ? 1 : 3) >= dest_len) {
			break;
		}
		if(plain) {
			dest[out++] = src[i];
		} else {
			dest[out++] = '%';
			dest[out++] = upperDigits[uint8_t(src[i]) >> 4];
			dest[out++] = upperDigits[uint8_t(src[i]) & 15];
		}
	}
	if(dest_len > 0) {
		dest[out] = '\0';
	}
	return dest;
}

size_t uri_unescape_inplace(char* text, size_t length, bool plusIsSpace)
{
	size_t in = 0;
	size_t out = 0;
	while(in < length) {
		text[out++] = decodeAt(text, length, in, plusIsSpace);
	}
	return out;
}

String& uri_unescape_inplace(String& str)
{
	if(!str.isEmpty()) {
		str.setLength(uri_unescape_inplace(str.begin(), str.length()));
	}
	return str;
}

String uri_unescape(const char* src, size_t length, bool plusIsSpace)
{
	String result(src, length);
	if(!result.isEmpty()) {
		result.setLength(uri_unescape_inplace(result.begin(), result.length(), plusIsSpace));
	}
	return result;
}

char* uri_unescape(char* dest, size_t dest_len, const char* src, int src_len)
{
	auto length = (src_len < 0) ? strlen(src) : size_t(src_len);
	size_t in = 0;
	size_t out = 0;
	while(in < length && out + 1 < dest_len) {
		dest[out++] = decodeAt(src, length, in, true);
	}
	if(dest_len > 0) {
		dest[out] = '\0';
	}
	return dest;
}
