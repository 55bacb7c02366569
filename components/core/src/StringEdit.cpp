/* Searching in and changing of Strings. */
#include "WString.h"
#include "stringutil.h"

int String::indexOf(char c, size_t fromIndex) const
{
	if(fromIndex >= length()) {
		return -1;
	}
	auto found = static_cast<const char*>(memchr(c_str() + fromIndex, c, length() - fromIndex));
	return found == nullptr ? -1 : int(found - c_str());
}

int String::indexOf(const char* text, size_t fromIndex, size_t textLength) const
{
	if(fromIndex > length() || (fromIndex == length() && length() != 0)) {
		return -1;
	}
	auto found = static_cast<const char*>(findBytes(c_str() + fromIndex, length() - fromIndex, text, textLength));
	return found == nullptr ? -1 : int(found - c_str());
}

int String::lastIndexOf(char c, size_t fromIndex) const
{
	size_t end = length();
	if(fromIndex < end) {
		end = fromIndex + 1;
	}
	while(end-- > 0) {
		if(c_str()[end] == c) {
			return int(end);
		}
	}
	return -1;
}

int String::lastIndexOf(const String& text, size_t fromIndex) const
{
	if(text.isFailed() || text.length() > length()) {
		return -1;
	}
	size_t start = length() - text.length();
	if(fromIndex < start) {
		start = fromIndex;
	}
	for(size_t i = start + 1; i-- > 0;) {
		if(memcmp(c_str() + i, text.c_str(), text.length()) == 0) {
			return int(i);
		}
	}
	return -1;
}

String String::substring(size_t from, size_t to) const
{
	if(from > to) {
		size_t swapped = from;
		from = to;
		to = swapped;
	}
	if(from >= length()) {
		return "";
	}
	if(to > length()) {
		to = length();
	}
	return String(c_str() + from, to - from);
}

void String::replace(char find, char replace)
{
	char* text = begin();
	for(size_t i = 0; i < length(); ++i) {
		if(text[i] == find) {
			text[i] = replace;
		}
	}
}

bool String::replace(const char* find, size_t findLength, const char* replace, size_t replaceLength)
{
	if(findLength == 0 || findLength > length()) {
		return !isFailed();
	}
	size_t hits = 0;
	int place = -int(findLength);
	while((place = indexOf(find, size_t(place) + findLength, findLength)) >= 0) {
		++hits;
	}
	if(hits == 0) {
		return true;
	}

	// Put together anew: `find` and `replace` may be parts of this string
	size_t oldLength = length();
	if(replaceLength > findLength && (replaceLength - findLength) > (UINT32_MAX - oldLength) / hits) {
		return false;
	}
	String fresh;
	if(!fresh.setLength(oldLength + hits * replaceLength - hits * findLength)) {
		return false;
	}
	char* out = fresh.begin();
	size_t from = 0;
	for(; hits != 0; --hits) {
		size_t hit = size_t(indexOf(find, from, findLength));
		memcpy(out, c_str() + from, hit - from);
		out += hit - from;
		if(replaceLength != 0) {
			memcpy(out, replace, replaceLength);
			out += replaceLength;
		}
		from = hit + findLength;
	}
	memcpy(out, c_str() + from, oldLength - from);
	*this = std::move(fresh);
	return true;
}

void String::remove(size_t index, size_t count)
{
	size_t oldLength = length();
	if(index >= oldLength || count == 0) {
		return;
	}
	if(count > oldLength - index) {
		count = oldLength - index;
	}
	memmove(buffer() + index, c_str() + index + count, oldLength - index - count);
	endAt(oldLength - count);
}

String& String::toLowerCase()
{
	char* text = begin();
	for(size_t i = 0; i < length(); ++i) {
		if(text[i] >= 'A' && text[i] <= 'Z') {
			text[i] = char(text[i] + ('a' - 'A'));
		}
	}
	return *this;
}

String& String::toUpperCase()
{
	char* text = begin();
	for(size_t i = 0; i < length(); ++i) {
		if(text[i] >= 'a' && text[i] <= 'z') {
			text[i] = char(text[i] - ('a' - 'A'));
		}
	}
	return *this;
}

String& String::trim(const char* set)
{
	if(set == nullptr) {
		return *this;
	}
	size_t setLength = strlen(set);
	size_t start = 0;
	size_t stop = length();
	while(start < stop && memchr(set, c_str()[start], setLength) != nullptr) {
		++start;
	}
	while(stop > start && memchr(set, c_str()[stop - 1], setLength) != nullptr) {
		--stop;
	}
	if(stop - start != length()) {
		memmove(buffer(), c_str() + start, stop - start);
		endAt(stop - start);
	}
	return *this;
}

String& String::padLeft(size_t minWidth, char c)
{
	size_t oldLength = length();
	if(minWidth > oldLength) {
		if(setLength(minWidth)) {
			memmove(buffer() + minWidth - oldLength, c_str(), oldLength);
			memset(buffer(), c, minWidth - oldLength);
		} else {
			fail();
		}
	}
	return *this;
}

String& String::padRight(size_t minWidth, char c)
{
	size_t oldLength = length();
	if(minWidth > oldLength) {
		if(setLength(minWidth)) {
			memset(buffer() + oldLength, c, minWidth - oldLength);
		} else {
			fail();
		}
	}
	return *this;
}
