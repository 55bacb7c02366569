#include "WString.h"
#include "stringutil.h"

namespace FSTR
{
size_t ObjectBase::readBytes(size_t offset, void* buffer, size_t count) const
{
	if(offset >= dataLength()) {
		return 0;
	}
	if(count > dataLength() - offset) {
		count = dataLength() - offset;
	}
	memcpy_P(buffer, static_cast<const char*>(address()) + offset, count);
	return count;
}

bool String::equals(const char* cstr, size_t length) const
{
	return length == this->length() && memcmp_P(data(), cstr, length) == 0;
}

bool String::equals(const char* cstr) const
{
	return cstr != nullptr && equals(cstr, strlen(cstr));
}

bool String::equals(const WString& str) const
{
	return equals(str.c_str(), str.length());
}

bool String::equals(const String& str) const
{
	return this == &str || equals(str.data(), str.length());
}

bool String::equalsIgnoreCase(const char* cstr, size_t length) const
{
	return length == this->length() && compareIgnoreCase(data(), cstr, length) == 0;
}

bool String::equalsIgnoreCase(const char* cstr) const
{
	return cstr != nullptr && equalsIgnoreCase(cstr, strlen(cstr));
}

bool String::equalsIgnoreCase(const WString& str) const
{
	return equalsIgnoreCase(str.c_str(), str.length());
}

bool String::equalsIgnoreCase(const String& str) const
{
	return this == &str || equalsIgnoreCase(str.data(), str.length());
}
} // namespace FSTR
