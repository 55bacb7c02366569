/* Record buffers of a connection: how large they are, and when that changes. */
#include "../src/FragmentSizes.h"
#include "BrConnection.h"
#include "BrInternals.h"
#include <Memory.h>
#include <algorithm>

namespace Ssl
{
bool BrConnection::Buffer::allocate(size_t newSize)
{
	auto fresh = static_cast<uint8_t*>(Memory::allocate(newSize, Memory::Tag::recordBuffer));
	if(fresh == nullptr) {
		return false;
	}
	release();
	data = fresh;
	size = newSize;
	return true;
}

void BrConnection::Buffer::release()
{
	Memory::wipeAndRelease(data);
	data = nullptr;
	size = 0;
}

/*
 * Buffers start small and follow what comes: the input buffer grows when the header of an encrypted record
 * announces more (one that is not encrypted is handled piece by piece), the output buffer when more is written;
 * both shrink when empty. maxBufferSize sets where they start, and what the peer is asked to keep to.
 */
void BrConnection::chooseSizes()
{
	const auto sizes = FragmentSizes::choose(session);
	outputLimit = sizes.output;
	fragmentCode = sizes.code;
	const size_t fragment = sizes.wanted != 0 ? sizes.wanted : BrInternals::minFragment;
	input.base = fragment + BrInternals::inputOverhead;
	output.base = std::min(fragment, size_t(1024)) + BrInternals::outputOverhead;
}

void BrConnection::fitInput(size_t recordLength)
{
	const size_t needed = BrInternals::recordHeader + recordLength;
	if(needed > input.size && BrInternals::isInputEncrypted(*engine()) &&
	   recordLength <= BrInternals::maxFragment + BrInternals::inputOverhead && input.allocate(needed)) {
		BrInternals::exchangeInput(*engine(), input.data, input.size);
	}
}

void BrConnection::fitOutput(size_t length)
{
	const size_t needed = std::min(length, outputLimit) + BrInternals::outputOverhead;
	if(needed > output.size && BrInternals::isOutputEmpty(*engine()) && output.allocate(needed)) {
		BrInternals::exchangeOutput(*engine(), output.data, output.size);
	}
}

void BrConnection::shrink()
{
	if(ended || closed) {
		return;
	}
	if(input.size > input.base && !isMoreWaiting && headerLength == 0 && BrInternals::isInputEmpty(*engine()) &&
	   input.allocate(input.base)) {
		BrInternals::exchangeInput(*engine(), input.data, input.size);
	}
	if(output.size > output.base && BrInternals::isOutputEmpty(*engine()) && output.allocate(output.base)) {
		BrInternals::exchangeOutput(*engine(), output.data, output.size);
	}
}

} // namespace Ssl
