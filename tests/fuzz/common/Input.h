/** Takes a fuzzer's input apart: fixed fields first, the rest as it is. Reading beyond the end gives zeros. */
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace Fuzz
{
struct Bytes {
	const uint8_t* data;
	size_t length;
};

class Input
{
public:
	Input(const uint8_t* data, size_t length) : rest{data, length}
	{
	}

	/** The next bytes, at most `length`. */
	Bytes take(size_t length)
	{
		Bytes part{rest.data, std::min(length, rest.length)};
		rest.data += part.length;
		rest.length -= part.length;
		return part;
	}

	/** All that is left. */
	Bytes takeRest()
	{
		return take(rest.length);
	}

	/** The next `size` bytes as a number, most significant byte first. */
	uint32_t takeNumber(unsigned size)
	{
		uint32_t value = 0;
		auto part = take(size);
		for(unsigned i = 0; i < size; ++i) {
			value = value << 8 | (i < part.length ? part.data[i] : 0);
		}
		return value;
	}

	/** Bytes behind their length, which is two bytes long. */
	Bytes takeCounted()
	{
		return take(takeNumber(2));
	}

private:
	Bytes rest;
};

} // namespace Fuzz
