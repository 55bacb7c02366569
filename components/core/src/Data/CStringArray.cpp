#include "Data/CStringArray.h"

void CStringArray::complete()
{
	if(text.length() != 0 && !text.endsWith('\0')) {
		text += '\0';
	}
}

bool CStringArray::add(const char* str, int length)
{
	if(str == nullptr) {
		return true;
	}
	size_t added = length < 0 ? strlen(str) : size_t(length);
	size_t oldLength = text.length();
	bool ended = added != 0 && str[added - 1] == '\0';
	if(!text.concat(str, added)) {
		return false;
	}
	if(!ended && !text.concat('\0')) {
		text.setLength(oldLength);
		return false;
	}
	return true;
}

int CStringArray::indexOf(const char* str, bool ignoreCase) const
{
	if(str == nullptr) {
		return -1;
	}
	size_t length = strlen(str);
	for(auto it = begin(); it != end(); ++it) {
		bool same = strlen(*it) == length &&
					(ignoreCase ? compareIgnoreCase(*it, str, length) : memcmp(*it, str, length)) == 0;
		if(same) {
			return it.index();
		}
	}
	return -1;
}

const char* CStringArray::getValue(unsigned index) const
{
	for(auto it = begin(); it != end(); ++it) {
		if(it.index() == index) {
			return *it;
		}
	}
	return nullptr;
}

unsigned CStringArray::count() const
{
	unsigned n = 0;
	const char* data = text.c_str();
	for(size_t i = 0; i < text.length(); ++i) {
		n += data[i] == '\0' ? 1 : 0;
	}
	return n;
}

String CStringArray::join(const String& separator) const
{
	String joined;
	for(auto it = begin(); it != end(); ++it) {
		if(it.index() != 0) {
			joined += separator;
		}
		joined += *it;
	}
	return joined;
}
