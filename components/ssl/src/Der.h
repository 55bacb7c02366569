/** Ssl::Der: takes DER (X.690) apart, element by element, in memory. Private. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace Ssl
{
constexpr uint8_t tagInteger = 0x02;
constexpr uint8_t tagOctetString = 0x04;
constexpr uint8_t tagOid = 0x06;
constexpr uint8_t tagSequence = 0x30;

/** The rest of some DER data. */
struct Der {
	const uint8_t* data;
	size_t length;

	bool isEmpty() const
	{
		return length == 0;
	}

	/** Take one element off the front. @return false when the next is not one with this tag */
	bool take(uint8_t tag, Der& content)
	{
		if(length < 2 || data[0] != tag) {
			return false;
		}
		size_t size = data[1];
		size_t header = 2;
		if(size >= 0x80) {
			size_t count = size & 0x7f;
			if(count == 0 || count > 2 || length < 2 + count) {
				return false;
			}
			size = 0;
			for(size_t i = 0; i < count; ++i) {
				size = (size << 8) | data[2 + i];
			}
			header += count;
		}
		if(size > length - header) {
			return false;
		}
		content = {data + header, size};
		data += header + size;
		length -= header + size;
		return true;
	}

	/** Take a positive number below 2^31. */
	bool takeNumber(uint32_t& value)
	{
		Der content;
		if(!take(tagInteger, content) || content.length == 0 || content.length > 4 || (content.data[0] & 0x80)) {
			return false;
		}
		value = 0;
		for(size_t i = 0; i < content.length; ++i) {
			value = (value << 8) | content.data[i];
		}
		return true;
	}

	template <size_t size> bool equals(const uint8_t (&value)[size]) const
	{
		return length == size && memcmp(data, value, size) == 0;
	}
};

} // namespace Ssl
