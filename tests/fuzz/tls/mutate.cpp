/** The mutator of the TLS harnesses: the session's settings, the records of the peer, or any byte. */
#include "../common/harness.h"
#include "RecordMutator.h"
#include "TlsInput.h"

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t maxSize, unsigned seed)
{
	Fuzz::Random random{seed * 2654435761u | 1};
	if(size < Fuzz::tlsHeaderSize) {
		return LLVMFuzzerMutate(data, size, maxSize);
	}
	switch(random(16)) {
	case 0:
		return LLVMFuzzerMutate(data, size, maxSize);
	case 1:
		return Fuzz::mutatePart(data, size, size, 0, Fuzz::tlsHeaderSize - 2);
	default:
		const Fuzz::TlsInput input(data, size);
		const size_t mutated = Fuzz::mutateRecords(data, size, maxSize, size - input.stream.length, random);
		return mutated == 0 ? LLVMFuzzerMutate(data, size, maxSize) : mutated;
	}
}
