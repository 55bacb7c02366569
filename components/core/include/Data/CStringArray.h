/**
 * CStringArray: several texts in one block, each followed by a NUL: "one\0two\0three\0".
 *
 * Made for a handful of short texts: finding the n-th walks over those before it.
 */
#pragma once

#include "../stringutil.h"
#include <utility>

class CStringArray
{
public:
	CStringArray() = default;
	CStringArray(std::nullptr_t)
	{
	}
	CStringArray(const String& str) : text(str)
	{
		complete();
	}
	CStringArray(String&& str) : text(std::move(str))
	{
		complete();
	}
	CStringArray(const char* cstr) : text(cstr)
	{
		complete();
	}
	CStringArray(const char* data, size_t length) : text(data, length)
	{
		complete();
	}
	CStringArray(const FlashString& fstr) : text(fstr)
	{
		complete();
	}
	explicit CStringArray(flash_string_t pstr, int length = -1) : text(pstr, length)
	{
		complete();
	}
	CStringArray& operator=(const char* cstr)
	{
		text = cstr;
		complete();
		return *this;
	}

	/**
	 * Append a text. One with NULs inside is appended as several.
	 * @param length -1 takes it up to its NUL
	 * @return false when memory ran out; nothing changed
	 */
	bool add(const char* str, int length = -1);
	bool add(const String& str)
	{
		return add(str.c_str(), int(str.length()));
	}
	template <typename T> CStringArray& operator+=(const T& value)
	{
		add(String(value));
		return *this;
	}
	CStringArray& operator+=(const char* str)
	{
		add(str);
		return *this;
	}

	/** Position of a text, -1 when it is not there. */
	int indexOf(const char* str, bool ignoreCase = true) const;
	int indexOf(const String& str, bool ignoreCase = true) const
	{
		return indexOf(str.c_str(), ignoreCase);
	}
	bool contains(const char* str, bool ignoreCase = true) const
	{
		return indexOf(str, ignoreCase) >= 0;
	}
	bool contains(const String& str, bool ignoreCase = true) const
	{
		return indexOf(str, ignoreCase) >= 0;
	}
	/** Text at a position; nullptr beyond the end. Valid until the array changes. */
	const char* getValue(unsigned index) const;
	const char* operator[](unsigned index) const
	{
		return getValue(index);
	}
	const char* front() const
	{
		return getValue(0);
	}
	const char* back() const
	{
		unsigned n = count();
		return n == 0 ? nullptr : getValue(n - 1);
	}
	unsigned count() const;
	void clear()
	{
		text = nullptr;
	}
	/** All texts joined with a separator (no NULs). */
	String join(const String& separator = ",") const;

	const char* c_str() const
	{
		return text.c_str();
	}
	size_t length() const ///< bytes with the NULs
	{
		return text.length();
	}
	bool reserve(size_t size)
	{
		return text.reserve(size);
	}
	explicit operator bool() const
	{
		return text.length() != 0;
	}
	bool operator==(const CStringArray& other) const
	{
		return text == other.text;
	}

	/** Goes through the strings from the first to the last. */
	class Iterator
	{
	public:
		Iterator(const char* position, uint16_t index) : position(position), number(index)
		{
		}
		const char* operator*() const
		{
			return position;
		}
		const char* str() const
		{
			return position;
		}
		uint16_t index() const
		{
			return number;
		}
		bool operator==(const Iterator& other) const
		{
			return position == other.position;
		}
		bool operator!=(const Iterator& other) const
		{
			return position != other.position;
		}
		Iterator& operator++()
		{
			position += strlen(position) + 1;
			++number;
			return *this;
		}

	private:
		const char* position;
		uint16_t number;
	};
	Iterator begin() const
	{
		return Iterator(text.c_str(), 0);
	}
	Iterator end() const
	{
		return Iterator(text.c_str() + text.length(), uint16_t(count()));
	}

private:
	void complete(); ///< make sure that the last text has its NUL

	String text;
};
