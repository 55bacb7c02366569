/** Crypto::ByteArray: a value of fixed size, such as a hash. An aggregate, so it can be initialised with bytes in flash. */
#pragma once

#include <WString.h>
#include <cstddef>
#include <cstdint>

namespace Crypto
{
/** True if both are equal; takes the same time wherever they differ. */
bool isEqual(const void* a, const void* b, size_t size);

/** Hexadecimal digits, with `separator` between the bytes unless it is '\0'. */
String toHex(const void* data, size_t size, char separator = '\0');

template <size_t size_> struct ByteArray {
	uint8_t data_[size_];

	uint8_t* data()
	{
		return data_;
	}

	const uint8_t* data() const
	{
		return data_;
	}

	static constexpr size_t size()
	{
		return size_;
	}

	uint8_t* begin()
	{
		return data_;
	}

	uint8_t* end()
	{
		return data_ + size_;
	}

	const uint8_t* begin() const
	{
		return data_;
	}

	const uint8_t* end() const
	{
		return data_ + size_;
	}

	uint8_t operator[](size_t index) const
	{
		return data_[index];
	}

	uint8_t& operator[](size_t index)
	{
		return data_[index];
	}

	bool operator==(const ByteArray& other) const
	{
		return isEqual(data_, other.data_, size_);
	}

	bool operator!=(const ByteArray& other) const
	{
		return !(*this == other);
	}

	String toString(char separator = '\0') const
	{
		return toHex(data_, size_, separator);
	}
};

template <size_t size> String toString(const ByteArray<size>& value, char separator = '\0')
{
	return value.toString(separator);
}

} // namespace Crypto
