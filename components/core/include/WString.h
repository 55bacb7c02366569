/**
 * String: text or bytes with a length, in RAM.
 *
 * Short contents (14 characters on 64-bit machines, 10 on 32-bit) live inside the object, longer ones on the
 * heap with Memory::Tag::string. Any byte is allowed inside, also NUL; a NUL always follows the last one.
 *
 * A String may be *null* ("invalid"): default constructed, assigned nullptr, or because memory ran out. It then
 * has length 0, c_str() gives "" and it tests false. An empty String ("") tests true.
 *
 * When memory runs out: reserve(), setLength(), concat(), replace() return false and leave the String as it
 * was. Constructors, assignment, + and += cannot return a result: they make the String null, and it *stays*
 * null through further += until something is assigned, so that a text with a piece missing never passes for
 * a whole one.
 */
#pragma once

#include "FakePgmSpace.h"
#include "sming_attr.h"
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

class String;
namespace FSTR
{
class String;
}
using FlashString = FSTR::String;

class String
{
	// Testable without being a number: `if(s)` works, `s + 1 > 0` on a bool does not
	using StringIfHelperType = void (String::*)() const;
	void trueTag() const
	{
	}

public:
	static const String nullstr; ///< a null String
	static const String empty;   ///< an empty String

	String()
	{
		setState(State::null);
	}
	String(std::nullptr_t) : String()
	{
	}
	String(const char* cstr) ///< nullptr gives a null String
	{
		setState(State::null);
		if(cstr != nullptr) {
			assign(cstr, strlen(cstr));
		}
	}
	String(const char* cstr, size_t length) ///< bytes; nullptr gives a null String
	{
		setState(State::null);
		if(cstr != nullptr) {
			assign(cstr, length);
		}
	}
	String(const String& str)
	{
		setState(State::null);
		copyFrom(str);
	}
	String(String&& rval) noexcept
	{
		setState(State::null);
		move(rval);
	}
	/** @param length -1 takes the text up to its NUL */
	String(flash_string_t pstr, int length = -1);
	String(const FSTR::String& fstr);

	explicit String(char c)
	{
		setState(State::null);
		assign(&c, 1);
	}
	/** @name Numbers as text. `base` 2..36, at least `width` characters filled up on the left with `pad`. */
	explicit String(unsigned char value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(short value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(unsigned short value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(int value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(unsigned value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(long value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(unsigned long value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(long long value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(unsigned long long value, unsigned char base = 10, unsigned char width = 0, char pad = '0');
	explicit String(float value, unsigned char decimalPlaces = 2);
	explicit String(double value, unsigned char decimalPlaces = 2);

	~String()
	{
		releaseHeap();
	}

	String& operator=(const String& rhs)
	{
		copyFrom(rhs);
		return *this;
	}
	String& operator=(String&& rhs) noexcept
	{
		if(this != &rhs) {
			move(rhs);
		}
		return *this;
	}
	String& operator=(const char* cstr);
	String& operator=(const FSTR::String& fstr);
	String& operator=(std::nullptr_t)
	{
		invalidate();
		return *this;
	}

	/** Become null and give the memory back. */
	void invalidate()
	{
		releaseHeap();
		setState(State::null);
	}
	bool isNull() const
	{
		return getState() == State::null || getState() == State::failed;
	}
	/** True if memory ran out while this String was put together; see above. */
	bool isFailed() const
	{
		return getState() == State::failed;
	}
	operator StringIfHelperType() const
	{
		return isNull() ? nullptr : &String::trueTag;
	}

	size_t length() const
	{
		return getState() <= inlineCapacity ? getState() : (getState() == State::heap ? store.heap.length : 0);
	}
	/** Characters that fit before more memory is needed. */
	size_t capacity() const;
	/** Make room for `size` characters; the contents stay. A null String becomes an empty one. */
	bool reserve(size_t size);
	/** Change the length; characters that are new hold anything. Sets the final NUL. */
	bool setLength(size_t length);
	/** True if there is nothing in it (null or empty). */
	bool isEmpty() const
	{
		return length() == 0;
	}

	/**
	 * Contents as a block of memory from Memory::allocate(), for handing over without copying.
	 * `size` counts the room including the final NUL.
	 */
	struct Buffer {
		char* data;
		size_t size;
		size_t length;
	};
	/** Take over `buffer.data` (must come from Memory::allocate). @return false if there is no room for a NUL: the last character is then lost */
	bool setBuffer(const Buffer& buffer);
	/** Hand the contents out; the caller releases `data` with Memory::release(). This String is then null. data is nullptr when there is nothing or no memory. */
	Buffer getBuffer();

	/** @name Append. Appending to a null String starts it. @return false when memory ran out; nothing changed */
	bool concat(const String& str)
	{
		return !str.isFailed() && concat(str.c_str(), str.length());
	}
	bool concat(const char* cstr)
	{
		return cstr == nullptr || concat(cstr, strlen(cstr));
	}
	bool concat(const char* cstr, size_t length);
	bool concat(const FSTR::String& fstr);
	bool concat(flash_string_t pstr);
	bool concat(char c)
	{
		return concat(&c, 1);
	}
	template <typename T>
	typename std::enable_if<std::is_arithmetic<T>::value ||
								(std::is_enum<T>::value && std::is_convertible<T, int>::value),
							bool>::type
	concat(T number)
	{
		String text(+number); // + promotes enumerations and bool to a number
		return !text.isNull() && concat(text.c_str(), text.length());
	}

	template <typename T> String& operator+=(const T& value)
	{
		if(!concat(value)) {
			fail();
		}
		return *this;
	}
	String& operator+=(const char* cstr)
	{
		if(!concat(cstr)) {
			fail();
		}
		return *this;
	}

	/**
	 * @name Compare, byte by byte
	 * A null String equals an empty one, except that equals(nullptr) is true for null only. One that is null
	 * because memory ran out equals nothing else: it might have been anything.
	 */
	int compareTo(const char* cstr, size_t length) const;
	int compareTo(const String& s) const
	{
		return compareTo(s.c_str(), s.length());
	}
	bool equals(const String& s) const
	{
		return !s.isFailed() && equals(s.c_str(), s.length());
	}
	bool equals(const char* cstr) const
	{
		return cstr == nullptr ? isNull() : equals(cstr, strlen(cstr));
	}
	bool equals(const char* cstr, size_t length) const
	{
		return !isFailed() && length == this->length() && memcmp(c_str(), cstr, length) == 0;
	}
	bool equals(const FSTR::String& fstr) const;
	bool operator==(const String& rhs) const
	{
		return equals(rhs);
	}
	bool operator==(const char* rhs) const
	{
		return equals(rhs);
	}
	bool operator==(const FSTR::String& rhs) const
	{
		return equals(rhs);
	}
	bool operator!=(const String& rhs) const
	{
		return !equals(rhs);
	}
	bool operator!=(const char* rhs) const
	{
		return !equals(rhs);
	}
	bool operator!=(const FSTR::String& rhs) const
	{
		return !equals(rhs);
	}
	bool operator<(const String& rhs) const
	{
		return compareTo(rhs) < 0;
	}
	bool operator>(const String& rhs) const
	{
		return compareTo(rhs) > 0;
	}
	bool operator<=(const String& rhs) const
	{
		return compareTo(rhs) <= 0;
	}
	bool operator>=(const String& rhs) const
	{
		return compareTo(rhs) >= 0;
	}
	bool equalsIgnoreCase(const char* cstr) const ///< letters A-Z only
	{
		return cstr == nullptr ? isNull() : equalsIgnoreCase(cstr, strlen(cstr));
	}
	bool equalsIgnoreCase(const char* cstr, size_t length) const;
	bool equalsIgnoreCase(const String& s) const
	{
		return !s.isFailed() && equalsIgnoreCase(s.c_str(), s.length());
	}
	bool equalsIgnoreCase(const FSTR::String& fstr) const;
	bool startsWith(const char* prefix, size_t offset = 0) const
	{
		return prefix != nullptr && startsWith(prefix, strlen(prefix), offset);
	}
	bool startsWith(const String& prefix, size_t offset = 0) const
	{
		return !prefix.isFailed() && startsWith(prefix.c_str(), prefix.length(), offset);
	}
	bool endsWith(char suffix) const
	{
		return length() != 0 && c_str()[length() - 1] == suffix;
	}
	bool endsWith(const char* suffix) const
	{
		return suffix != nullptr && endsWith(suffix, strlen(suffix));
	}
	bool endsWith(const String& suffix) const
	{
		return !suffix.isFailed() && endsWith(suffix.c_str(), suffix.length());
	}

	/** @name Single characters. Reading past the end gives 0, writing there changes nothing. */
	char charAt(size_t index) const
	{
		return index < length() ? c_str()[index] : '\0';
	}
	void setCharAt(size_t index, char c);
	char operator[](size_t index) const
	{
		return charAt(index);
	}
	char& operator[](size_t index);

	/**
	 * Copy characters from `index` on, with a NUL behind them if there is room for at least that.
	 * @return characters copied, without the NUL
	 */
	size_t getBytes(unsigned char* buffer, size_t bufferSize, size_t index = 0) const;
	size_t toCharArray(char* buffer, size_t bufferSize, size_t index = 0) const
	{
		return getBytes(reinterpret_cast<unsigned char*>(buffer), bufferSize, index);
	}

	/** The characters with a NUL behind them; never nullptr. Valid until the String changes. */
	const char* c_str() const
	{
		return getState() <= inlineCapacity ? store.small.text
											: (getState() == State::heap ? store.heap.data : "");
	}
	/** Writable characters, length() of them. nullptr for a null String. */
	char* begin()
	{
		return buffer();
	}
	char* end()
	{
		return buffer() + length();
	}
	const char* begin() const
	{
		return c_str();
	}
	const char* end() const
	{
		return c_str() + length();
	}

	/** @name Search. @return index, -1 when not found */
	int indexOf(char c, size_t fromIndex = 0) const;
	int indexOf(const char* text, size_t fromIndex, size_t length) const;
	int indexOf(const char* text, size_t fromIndex = 0) const
	{
		return text == nullptr ? -1 : indexOf(text, fromIndex, strlen(text));
	}
	int indexOf(const String& text, size_t fromIndex = 0) const
	{
		return text.isFailed() ? -1 : indexOf(text.c_str(), fromIndex, text.length());
	}
	int lastIndexOf(char c) const
	{
		return lastIndexOf(c, length());
	}
	int lastIndexOf(char c, size_t fromIndex) const;
	int lastIndexOf(const String& text) const
	{
		return lastIndexOf(text, length());
	}
	int lastIndexOf(const String& text, size_t fromIndex) const; ///< last one that begins at or before fromIndex

	/** Characters [from, to). Swapped limits are put in order; a range outside gives an empty String. */
	String substring(size_t from, size_t to) const;
	String substring(size_t from) const
	{
		return substring(from, length());
	}

	void replace(char find, char replace);
	/** Replace every occurrence, left to right. @return false when memory ran out; nothing changed */
	bool replace(const String& find, const String& replace)
	{
		return !find.isFailed() && !replace.isFailed() &&
			   this->replace(find.c_str(), find.length(), replace.c_str(), replace.length());
	}
	bool replace(const char* find, size_t findLength, const char* replace, size_t replaceLength);
	void remove(size_t index, size_t count = SIZE_MAX);

	String& toLowerCase();
	String& toUpperCase();
	/** Take characters of `set` off both ends. */
	String& trim(const char* set = " \t\n\v\f\r");
	String& padLeft(size_t minWidth, char c = ' ');
	String& padRight(size_t minWidth, char c = ' ');
	/** Negative width fills up on the left, positive on the right. */
	String& pad(int minWidth, char c = ' ')
	{
		return minWidth < 0 ? padLeft(size_t(-(minWidth + 1)) + 1, c) : padRight(size_t(minWidth), c);
	}

	/** Number at the start, after spaces: 0 when there is none; clamped to the limits of long. */
	long toInt() const;
	float toFloat() const;

private:
	enum State : uint8_t { heap = 0xFD, failed = 0xFE, null = 0xFF }; ///< other values: length of inline text

	struct HeapText {
		char* data; ///< from Memory; the size of the block is the capacity including the NUL
		uint32_t length;
		uint8_t unused[3];
		uint8_t state;
	};
	struct InlineText {
		char text[sizeof(HeapText) - 1];
		uint8_t state;
	};
	// Both hold `state` in their last byte, so it can be read whichever is in use
	union Store {
		HeapText heap;
		InlineText small;
	};
	static_assert(offsetof(HeapText, state) == sizeof(HeapText) - 1 && sizeof(HeapText) == sizeof(InlineText),
				  "state is the last byte of both layouts");

public:
	static constexpr size_t inlineCapacity = sizeof(HeapText) - 2; ///< characters that need no heap

private:
	uint8_t getState() const
	{
		return store.small.state;
	}
	void setState(uint8_t value)
	{
		store.small.state = value;
	}
	void fail()
	{
		invalidate();
		setState(State::failed);
	}
	bool assign(const char* data, size_t length);
	bool startsWith(const char* prefix, size_t prefixLength, size_t offset) const;
	bool endsWith(const char* suffix, size_t suffixLength) const;
	void copyFrom(const String& str);
	void move(String& rhs) noexcept;
	void releaseHeap();
	void endAt(size_t length);
	char* buffer()
	{
		return getState() <= inlineCapacity ? store.small.text
											: (getState() == State::heap ? store.heap.data : nullptr);
	}

	Store store;
};

/** @name Joined text; null when memory ran out (see String). The left side is moved where it is a temporary. */
inline String operator+(String lhs, const String& rhs)
{
	lhs += rhs;
	return lhs;
}
inline String operator+(String lhs, const char* rhs)
{
	lhs += rhs;
	return lhs;
}
template <typename T>
typename std::enable_if<std::is_arithmetic<T>::value, String>::type operator+(String lhs, const T& rhs)
{
	lhs += rhs;
	return lhs;
}

inline bool operator==(const char* lhs, const String& rhs)
{
	return rhs.equals(lhs);
}
inline bool operator!=(const char* lhs, const String& rhs)
{
	return !rhs.equals(lhs);
}

#include "FlashString.hpp"
#include "stringutil.h"
