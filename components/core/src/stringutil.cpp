#include "stringutil.h"

namespace
{
char lower(char c)
{
	return (c >= 'A' && c <= 'Z') ? char(c + ('a' - 'A')) : c;
}
} // namespace

int compareIgnoreCase(const char* a, const char* b, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		auto x = static_cast<unsigned char>(lower(a[i]));
		auto y = static_cast<unsigned char>(lower(b[i]));
		if(x != y) {
			return x < y ? -1 : 1;
		}
	}
	return 0;
}

const char* strstri(const char* haystack, const char* needle)
{
	if(haystack == nullptr || needle == nullptr) {
		return nullptr;
	}
	size_t length = strlen(haystack);
	size_t needleLength = strlen(needle);
	for(size_t i = 0; needleLength <= length && i <= length - needleLength; ++i) {
		if(compareIgnoreCase(haystack + i, needle, needleLength) == 0) {
			return haystack + i;
		}
	}
	return nullptr;
}

const void* findBytes(const void* haystack, size_t length, const void* needle, size_t needleLength)
{
	if(needleLength == 0) {
		return haystack;
	}
	auto place = static_cast<const char*>(haystack);
	auto first = *static_cast<const char*>(needle);
	while(needleLength <= length) {
		auto hit = static_cast<const char*>(memchr(place, first, length - needleLength + 1));
		if(hit == nullptr) {
			return nullptr;
		}
		if(memcmp(hit, needle, needleLength) == 0) {
			return hit;
		}
		length -= size_t(hit + 1 - place);
		place = hit + 1;
	}
	return nullptr;
}
