/**
 * Print: base of everything that text can be written to (Serial, streams, connections).
 *
 * A descendant implements write(uint8_t), and write(buffer, size) where it can do better than byte by byte.
 * All functions return the number of characters that were taken.
 */
#pragma once

#include "Printable.h"
#include "WString.h"
#include <type_traits>

class Print
{
public:
	virtual ~Print() = default;

	/** 0 while all went well; set by descendants that could not write. */
	int getWriteError() const
	{
		return writeError;
	}
	void clearWriteError()
	{
		writeError = 0;
	}

	virtual size_t write(uint8_t c) = 0;
	virtual size_t write(const uint8_t* buffer, size_t size);
	size_t write(const char* buffer, size_t size)
	{
		return write(reinterpret_cast<const uint8_t*>(buffer), size);
	}
	size_t write(const char* str)
	{
		return str == nullptr ? 0 : write(str, strlen(str));
	}

	size_t print(char c)
	{
		return write(uint8_t(c));
	}
	size_t print(const char* str)
	{
		return write(str);
	}
	size_t print(const String& s)
	{
		return write(s.c_str(), s.length());
	}
	size_t print(const FlashString& s)
	{
		return write(s.data(), s.length());
	}

	/**
	 * @name Numbers
	 * @param base 2..36 (DEC, HEX, …); 0 writes the value as one character
	 * @param width least number of characters, filled up on the left with `pad`
	 */
	template <typename T>
	typename std::enable_if<std::is_integral<T>::value && !std::is_same<T, char>::value, size_t>::type
	print(T num, unsigned base = DEC, unsigned width = 0, char pad = '0')
	{
		if(std::is_signed<T>::value) {
			return printSigned(static_cast<long long>(num), base, width, pad);
		}
		return printUnsigned(static_cast<unsigned long long>(num), base, width, pad);
	}
	/** @param digits after the decimal point */
	template <typename T>
	typename std::enable_if<std::is_floating_point<T>::value, size_t>::type print(T num, unsigned digits = 2)
	{
		return printFloat(double(num), digits);
	}

	/** Whatever has a method printTo(Print&), derived from Printable or not. */
	template <typename T> auto print(const T& obj) -> decltype(obj.printTo(*this))
	{
		return obj.printTo(*this);
	}
	/** Enumerations that have a toString(), and plain ones as a number. */
	template <typename E>
	typename std::enable_if<std::is_enum<E>::value && !std::is_convertible<E, int>::value, size_t>::type print(E value)
	{
		return print(toString(value));
	}
	template <typename E>
	typename std::enable_if<std::is_enum<E>::value && std::is_convertible<E, int>::value, size_t>::type print(E value)
	{
		return print(static_cast<long>(value));
	}

	size_t println()
	{
		return write("\r\n", 2);
	}
	template <typename... Args> size_t println(const Args&... args)
	{
		size_t count = print(args...);
		return count + println();
	}

	/** printf. Text longer than 200 characters needs the heap; without room there it is cut and getWriteError() is set. */
	size_t printf(const char* fmt, ...) __attribute__((format(printf, 2, 3)));

protected:
	void setWriteError(int err = 1)
	{
		writeError = err;
	}

private:
	size_t printSigned(long long num, unsigned base, unsigned width, char pad);
	size_t printUnsigned(unsigned long long num, unsigned base, unsigned width, char pad);
	size_t printFloat(double num, unsigned digits);

	int writeError = 0;
};

template <typename T> Print& operator<<(Print& p, const T& value)
{
	p.print(value);
	return p;
}

/** `out << endl` ends a line with CR LF. */
enum EndLineCode { endl };

inline Print& operator<<(Print& p, EndLineCode)
{
	p.println();
	return p;
}
