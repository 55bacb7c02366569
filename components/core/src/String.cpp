#include "Memory.h"
#include "WString.h"
#include "stringutil.h"
#include <cstdlib>
#include <limits>

// Before all static objects of the application, whose constructors may use them
__attribute__((init_priority(101))) const String String::nullstr(nullptr);
__attribute__((init_priority(101))) const String String::empty("");

namespace
{
constexpr size_t maxLength = UINT32_MAX - 16; // `length` has 32 bits, and growing must not wrap

bool isInside(const void* place, const char* start, size_t length)
{
	auto p = reinterpret_cast<uintptr_t>(place);
	auto s = reinterpret_cast<uintptr_t>(start);
	return p >= s && p <= s + length;
}
} // namespace

String::String(flash_string_t pstr, int length) : String()
{
	auto data = reinterpret_cast<const char*>(pstr);
	if(data != nullptr) {
		assign(data, length < 0 ? strlen_P(data) : size_t(length));
	}
}

String::String(const FlashString& fstr) : String()
{
	assign(fstr.data(), fstr.length());
}

String& String::operator=(const char* cstr)
{
	if(cstr == nullptr) {
		invalidate();
	} else {
		assign(cstr, strlen(cstr));
	}
	return *this;
}

String& String::operator=(const FlashString& fstr)
{
	assign(fstr.data(), fstr.length());
	return *this;
}

size_t String::capacity() const
{
	if(getState() <= inlineCapacity) {
		return inlineCapacity;
	}
	return getState() == State::heap ? Memory::blockSize(store.heap.data) - 1 : 0;
}

void String::releaseHeap()
{
	if(getState() == State::heap) {
		Memory::release(store.heap.data);
	}
}

void String::endAt(size_t length)
{
	if(getState() == State::heap) {
		store.heap.length = uint32_t(length);
		store.heap.data[length] = '\0';
	} else {
		store.small.text[length] = '\0';
		setState(uint8_t(length));
	}
}

bool String::reserve(size_t size)
{
	if(getState() == State::failed || size > maxLength) {
		return false;
	}
	if(getState() == State::null) {
		if(size > inlineCapacity) {
			auto data = static_cast<char*>(Memory::allocate(size + 1, Memory::Tag::string));
			if(data == nullptr) {
				return false;
			}
			store.heap.data = data;
			setState(State::heap);
		} else {
			setState(0);
		}
		endAt(0);
		return true;
	}
	if(size <= capacity()) {
		return true;
	}
	size_t used = length();
	if(getState() == State::heap) {
		auto data = static_cast<char*>(Memory::reallocate(store.heap.data, size + 1, Memory::Tag::string));
		if(data == nullptr) {
			return false;
		}
		store.heap.data = data;
		return true;
	}
	auto data = static_cast<char*>(Memory::allocate(size + 1, Memory::Tag::string));
	if(data == nullptr) {
		return false;
	}
	memcpy(data, store.small.text, used);
	store.heap.data = data;
	setState(State::heap);
	endAt(used);
	return true;
}

bool String::setLength(size_t length)
{
	if(!reserve(length)) {
		return false;
	}
	endAt(length);
	return true;
}

bool String::assign(const char* data, size_t length)
{
	// `data` may be part of this very string: then it fits, and is moved
	if(!isNull() && length <= capacity()) {
		memmove(buffer(), data, length);
		endAt(length);
		return true;
	}
	String fresh;
	if(!fresh.reserve(length)) {
		fail();
		return false;
	}
	memcpy(fresh.buffer(), data, length);
	fresh.endAt(length);
	move(fresh);
	return true;
}

void String::copyFrom(const String& str)
{
	if(this == &str) {
		return;
	}
	if(str.isNull()) {
		invalidate();
		setState(str.getState());
		return;
	}
	assign(str.c_str(), str.length());
}

void String::move(String& rhs) noexcept
{
	releaseHeap();
	store = rhs.store;
	rhs.setState(State::null);
}

bool String::setBuffer(const Buffer& buffer)
{
	invalidate();
	if(buffer.data == nullptr || buffer.size == 0) {
		return buffer.length == 0;
	}
	bool fits = buffer.length < buffer.size;
	size_t length = fits ? buffer.length : buffer.size - 1;
	if(length > maxLength) {
		Memory::release(buffer.data);
		fail();
		return false;
	}
	store.heap.data = buffer.data;
	setState(State::heap);
	endAt(length);
	return fits;
}

String::Buffer String::getBuffer()
{
	Buffer result{nullptr, 0, 0};
	if(isNull()) {
		return result;
	}
	if(getState() != State::heap) {
		size_t used = length();
		auto data = static_cast<char*>(Memory::allocate(used + 1, Memory::Tag::string));
		if(data == nullptr) {
			return result;
		}
		memcpy(data, store.small.text, used + 1);
		result = Buffer{data, used + 1, used};
	} else {
		result = Buffer{store.heap.data, capacity() + 1, store.heap.length};
	}
	setState(State::null);
	return result;
}

bool String::concat(const char* cstr, size_t length)
{
	if(getState() == State::failed || cstr == nullptr) {
		return cstr == nullptr && getState() != State::failed;
	}
	size_t oldLength = this->length();
	if(length > maxLength - oldLength) {
		return false;
	}
	size_t newLength = oldLength + length;
	if(isNull() || newLength > capacity()) {
		// Appending a part of itself: the part moves with the block
		bool own = !isNull() && isInside(cstr, c_str(), oldLength);
		size_t offset = own ? size_t(cstr - c_str()) : 0;
		// Grow by half for texts put together of many pieces, but rather exactly than not at all
		size_t generous = oldLength == 0 ? newLength : newLength + newLength / 2;
		auto failures = Memory::failures();
		if(!reserve(generous)) {
			if(!reserve(newLength)) {
				return false;
			}
			Memory::forgiveFailures(failures);
		}
		if(own) {
			cstr = c_str() + offset;
		}
	}
	memmove(buffer() + oldLength, cstr, length);
	endAt(newLength);
	return true;
}

bool String::concat(const FlashString& fstr)
{
	return concat(fstr.data(), fstr.length());
}

bool String::concat(flash_string_t pstr)
{
	return concat(reinterpret_cast<const char*>(pstr));
}

int String::compareTo(const char* cstr, size_t length) const
{
	size_t own = this->length();
	int difference = memcmp(c_str(), cstr, own < length ? own : length);
	if(difference != 0) {
		return difference;
	}
	return own < length ? -1 : (own > length ? 1 : 0);
}

bool String::equals(const FlashString& fstr) const
{
	return equals(fstr.data(), fstr.length());
}

bool String::equalsIgnoreCase(const char* cstr, size_t length) const
{
	return !isFailed() && length == this->length() && compareIgnoreCase(c_str(), cstr, length) == 0;
}

bool String::equalsIgnoreCase(const FlashString& fstr) const
{
	return equalsIgnoreCase(fstr.data(), fstr.length());
}

bool String::startsWith(const char* prefix, size_t prefixLength, size_t offset) const
{
	return offset <= length() && prefixLength <= length() - offset &&
		   memcmp(c_str() + offset, prefix, prefixLength) == 0;
}

bool String::endsWith(const char* suffix, size_t suffixLength) const
{
	return suffixLength <= length() && memcmp(c_str() + length() - suffixLength, suffix, suffixLength) == 0;
}

void String::setCharAt(size_t index, char c)
{
	if(index < length()) {
		buffer()[index] = c;
	}
}

char& String::operator[](size_t index)
{
	static char nowhere;
	if(index < length()) {
		return buffer()[index];
	}
	nowhere = '\0';
	return nowhere;
}

size_t String::getBytes(unsigned char* buffer, size_t bufferSize, size_t index) const
{
	if(buffer == nullptr || bufferSize == 0) {
		return 0;
	}
	size_t count = index < length() ? length() - index : 0;
	if(count > bufferSize - 1) {
		count = bufferSize - 1;
	}
	if(count != 0) {
		memcpy(buffer, c_str() + index, count);
	}
	buffer[count] = '\0';
	return count;
}
