/**
 * A mutator that knows records: changes what is inside one and sets the lengths around it right again, so that what is
 * mutated is parsed and not refused for its framing. Also drops, repeats and swaps records.
 */
#include "../common/Input.h"
#include "../common/harness.h"
#include "TlsInput.h"
#include <cstring>

namespace
{
constexpr size_t headerSize = 5, messageHeaderSize = 4, maxRecords = 64, maxBody = 16384;
constexpr uint8_t handshake = 22;

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

struct Records {
	/** Where each begins, and where the last ends. */
	size_t start[maxRecords + 1];
	size_t count = 0;

	Records(const uint8_t* data, size_t begin, size_t size)
	{
		start[0] = begin;
		while(count < maxRecords && size - start[count] >= headerSize) {
			auto record = data + start[count];
			size_t length = headerSize + (size_t(record[3]) << 8 | record[4]);
			if(length > size - start[count]) {
				break;
			}
			start[count + 1] = start[count] + length;
			++count;
		}
	}

	size_t length(size_t index) const
	{
		return start[index + 1] - start[index];
	}
};

void setNumber(uint8_t* place, unsigned size, size_t value)
{
	for(unsigned i = size; i-- != 0; value >>= 8) {
		place[i] = uint8_t(value);
	}
}

/** Let `change` work on a part of the input that grows or shrinks by it. @return the input's new size */
size_t mutatePart(uint8_t* data, size_t size, size_t maxSize, size_t begin, size_t length)
{
	static uint8_t part[2 * maxBody];
	length = std::min(length, size_t(maxBody));
	memcpy(part, data + begin, length);
	size_t room = std::min(maxSize - size + length, size_t(maxBody));
	size_t changed = LLVMFuzzerMutate(part, length, room);
	memmove(data + begin + changed, data + begin + length, size - begin - length);
	memcpy(data + begin, part, changed);
	return size - length + changed;
}

size_t mutateBody(uint8_t* data, size_t size, size_t maxSize, const Records& records, Random& random)
{
	size_t index = random(uint32_t(records.count));
	size_t begin = records.start[index];
	size_t body = begin + headerSize;
	size_t length = records.length(index) - headerSize;
	const bool isMessage = data[begin] == handshake && length > messageHeaderSize && random(4) != 0;
	size_t keep = isMessage ? messageHeaderSize : 0;
	if(isMessage && random(4) != 0) {
		// Somewhere within, so that the fields in front stay as they are
		keep += random(uint32_t(length - messageHeaderSize));
	}
	size_t newSize = mutatePart(data, size, maxSize, body + keep, length - keep);
	length += newSize - size;
	setNumber(data + begin + 3, 2, length);
	if(isMessage) {
		setNumber(data + body + 1, 3, length - messageHeaderSize);
	}
	return newSize;
}

size_t dropRecord(uint8_t* data, size_t size, const Records& records, Random& random)
{
	size_t index = random(uint32_t(records.count));
	size_t length = records.length(index);
	memmove(data + records.start[index], data + records.start[index + 1], size - records.start[index + 1]);
	return size - length;
}

size_t repeatRecord(uint8_t* data, size_t size, size_t maxSize, const Records& records, Random& random)
{
	static uint8_t copy[headerSize + 0xffff];
	size_t index = random(uint32_t(records.count));
	size_t length = records.length(index);
	size_t place = records.start[random(uint32_t(records.count + 1))];
	if(size + length > maxSize) {
		return size;
	}
	memcpy(copy, data + records.start[index], length);
	memmove(data + place + length, data + place, size - place);
	memcpy(data + place, copy, length);
	return size + length;
}

/** Cut a record in two, as a peer may. */
size_t splitRecord(uint8_t* data, size_t size, size_t maxSize, const Records& records, Random& random)
{
	size_t index = random(uint32_t(records.count));
	size_t begin = records.start[index];
	size_t length = records.length(index) - headerSize;
	if(length < 2 || size + headerSize > maxSize) {
		return size;
	}
	size_t first = 1 + random(uint32_t(length - 1));
	auto place = data + begin + headerSize + first;
	memmove(place + headerSize, place, size - (begin + headerSize + first));
	memcpy(place, data + begin, 3);
	setNumber(place + 3, 2, length - first);
	setNumber(data + begin + 3, 2, first);
	return size + headerSize;
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t maxSize, unsigned seed)
{
	Random random{seed * 2654435761u | 1};
	if(size < Fuzz::tlsHeaderSize) {
		return LLVMFuzzerMutate(data, size, maxSize);
	}
	const Fuzz::TlsInput input(data, size);
	const Records records(data, size - input.stream.length, size);
	if(records.count == 0) {
		return LLVMFuzzerMutate(data, size, maxSize);
	}
	switch(random(16)) {
	case 0:
		return LLVMFuzzerMutate(data, size, maxSize);
	case 1:
		// Settings of the session
		return mutatePart(data, size, size, 0, Fuzz::tlsHeaderSize - 2);
	case 2:
		return dropRecord(data, size, records, random);
	case 3:
		return repeatRecord(data, size, maxSize, records, random);
	case 4:
		return splitRecord(data, size, maxSize, records, random);
	default:
		return mutateBody(data, size, maxSize, records, random);
	}
}
