/** The mutator of the axtls harnesses: scenes, scripts of changes, and in raw inputs the records of the peer. */
#include "../common/harness.h"
#include "../tls/RecordMutator.h"
#include "Scene.h"
#include "Script.h"
#include <algorithm>
#include <cstring>

namespace
{
using Fuzz::changeSize;
using Fuzz::sceneHeaderSize;

/** Records of one side: about half of them belong to a handshake. Who changes more than this comes never far. */
constexpr uint32_t maxRecords = 20, maxChanges = 4;

/** Where something may be that means more than others: the front of messages more often than their ends. */
uint16_t choosePlace(Fuzz::Random& random)
{
	return uint16_t(random(4) == 0 ? random(65536) : random(4) == 0 ? random(512) : 5 + random(90));
}

void setChange(uint8_t* change, Fuzz::Random& random)
{
	const uint16_t place = choosePlace(random);
	change[0] = uint8_t(random(maxRecords));
	change[1] = uint8_t(random(uint32_t(Fuzz::Change::count)));
	change[2] = uint8_t(place >> 8);
	change[3] = uint8_t(place);
	change[4] = uint8_t(random(2) == 0 ? random(20) : random(256));
}

void alterField(uint8_t* change, Fuzz::Random& random)
{
	switch(random(4)) {
	case 0:
		change[0] = uint8_t(random(maxRecords));
		break;
	case 1:
		change[3] = uint8_t(change[3] + random(9) - 4);
		break;
	case 2:
		change[4] = uint8_t(random(256));
		break;
	default:
		change[1] = uint8_t(random(uint32_t(Fuzz::Change::count)));
	}
}

/** As Script wants them: in the order of records. */
void sortChanges(uint8_t* changes, size_t count)
{
	uint8_t kept[changeSize];
	for(size_t i = 1; i < count; ++i) {
		memcpy(kept, changes + i * changeSize, changeSize);
		size_t at = i;
		for(; at > 0 && changes[(at - 1) * changeSize] > kept[0]; --at) {
			memcpy(changes + at * changeSize, changes + (at - 1) * changeSize, changeSize);
		}
		memcpy(changes + at * changeSize, kept, changeSize);
	}
}

size_t mutateScript(uint8_t* data, size_t size, size_t maxSize, Fuzz::Random& random)
{
	uint8_t* changes = data + sceneHeaderSize;
	size_t count = (size - sceneHeaderSize) / changeSize;
	const uint32_t what = random(8);
	if(count == 0 || (what < 3 && count < maxChanges && size + changeSize <= maxSize)) {
		setChange(changes + count++ * changeSize, random);
	} else if(what == 3 || count > maxChanges) {
		const size_t place = random(uint32_t(count)) * changeSize;
		--count;
		memmove(changes + place, changes + place + changeSize, count * changeSize - place);
	} else if(what == 4) {
		setChange(changes + random(uint32_t(count)) * changeSize, random);
	} else {
		alterField(changes + random(uint32_t(count)) * changeSize, random);
	}
	sortChanges(changes, count);
	return sceneHeaderSize + count * changeSize;
}

} // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t maxSize, unsigned seed)
{
	Fuzz::Random random{seed * 2654435761u | 1};
	if(maxSize < sceneHeaderSize + changeSize) {
		return LLVMFuzzerMutate(data, size, maxSize);
	}
	if(size < sceneHeaderSize + changeSize) {
		memset(data + size, 0, sceneHeaderSize + changeSize - size);
		size = sceneHeaderSize + changeSize;
	}
	const uint32_t what = random(16);
	if(what == 0) {
		return LLVMFuzzerMutate(data, size, maxSize);
	}
	if(what < 3) {
		// All but the number of the allocation that fails
		data[random(sceneHeaderSize - 1)] ^= uint8_t(1 << random(8));
		return size;
	}
	if(what == 3) {
		data[sceneHeaderSize - 1] = uint8_t(random(4) != 0 ? 0 : random(24));
		return size;
	}
	if((data[0] & Fuzz::rawBit) != 0) {
		const size_t mutated = Fuzz::mutateRecords(data, size, maxSize, sceneHeaderSize, random);
		return mutated == 0 ? LLVMFuzzerMutate(data, size, maxSize) : mutated;
	}
	return mutateScript(data, size, maxSize, random);
}
