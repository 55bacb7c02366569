/** Crypto::Blob: a pointer to data with its size. Owns nothing. */
#pragma once

#include <WString.h>
#include <cstddef>
#include <cstdint>

namespace Crypto
{
class Blob
{
public:
	Blob(const void* data, size_t size) : data_(data), size_(size)
	{
	}

	Blob(const String& str) : data_(str.c_str()), size_(str.length())
	{
	}

	const uint8_t* data() const
	{
		return static_cast<const uint8_t*>(data_);
	}

	size_t size() const
	{
		return size_;
	}

private:
	const void* data_;
	size_t size_;
};

/** A blob that must not be shown or kept: a key, a password. */
using Secret = Blob;

} // namespace Crypto
