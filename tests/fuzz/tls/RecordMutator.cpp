#include "RecordMutator.h"
#include "../common/harness.h"
#include <algorithm>
#include <cstring>

namespace Fuzz
{
namespace
{
constexpr size_t headerSize = 5, messageHeaderSize = 4, maxRecords = 64, maxBody = 16384;
constexpr uint8_t handshake = 22;

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

size_t mutatePart(uint8_t* data, size_t size, size_t maxSize, size_t begin, size_t length)
{
	static uint8_t part[2 * maxBody];
	length = std::min(length, maxBody);
	memcpy(part, data + begin, length);
	size_t room = std::min(maxSize - size + length, maxBody);
	size_t changed = LLVMFuzzerMutate(part, length, room);
	memmove(data + begin + changed, data + begin + length, size - begin - length);
	memcpy(data + begin, part, changed);
	return size - length + changed;
}

size_t mutateRecords(uint8_t* data, size_t size, size_t maxSize, size_t begin, Random& random)
{
	const Records records(data, begin, size);
	if(records.count == 0) {
		return 0;
	}
	switch(random(14)) {
	case 0:
		return dropRecord(data, size, records, random);
	case 1:
		return repeatRecord(data, size, maxSize, records, random);
	case 2:
		return splitRecord(data, size, maxSize, records, random);
	default:
		return mutateBody(data, size, maxSize, records, random);
	}
}

} // namespace Fuzz
