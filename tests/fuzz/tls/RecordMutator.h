/**
 * A mutator that knows records: changes what is inside one and sets the lengths around it right again, so that what is
 * mutated is parsed and not refused for its framing. Also drops, repeats and swaps records.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Fuzz
{
/** A small generator of random numbers (xorshift32): the fuzzer gives a seed. */
struct Random {
	uint32_t state;

	uint32_t operator()(uint32_t limit)
	{
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		return limit == 0 ? 0 : state % limit;
	}
};

/** Let libFuzzer work on a part of the input, which grows or shrinks by it. @return the input's new size */
size_t mutatePart(uint8_t* data, size_t size, size_t maxSize, size_t begin, size_t length);

/** Mutate the records from `begin` on. @return the input's new size; 0: there are no records */
size_t mutateRecords(uint8_t* data, size_t size, size_t maxSize, size_t begin, Random& random);

} // namespace Fuzz
