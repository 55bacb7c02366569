/* Record buffers of a connection: how large they are, and when that changes. */
#include "BrConnection.h"
#include "BrInternals.h"
#include <Memory.h>
#include <algorithm>

namespace Ssl
{
namespace
{
/** Below this much free heap, a peer is asked for small records even if the application did not say so. */
constexpr size_t plentyOfHeap = 48 * 1024;

} // namespace

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
	size_t fragment = maxBufferSizeToBytes(session.maxBufferSize);
	outputLimit = fragment;
	if(fragment == 0) {
		const bool isPlenty = Memory::available() >= plentyOfHeap;
		fragmentCode = isPlenty ? 0 : uint8_t(MaxBufferSize::K2);
		fragment = BrInternals::minFragment;
		outputLimit = isPlenty ? BrInternals::maxFragment : maxBufferSizeToBytes(MaxBufferSize::K2);
	} else if(session.maxBufferSize <= MaxBufferSize::K4) {
		fragmentCode = uint8_t(session.maxBufferSize);
	} else if(session.maxBufferSize == MaxBufferSize::K8) {
		fragmentCode = uint8_t(MaxBufferSize::K4); // the largest that can be asked for
	}
	if(session.getRole() == Role::server) {
		fragmentCode = 0; // only a client asks
	}
	if(fragmentCode != 0) {
		// What we ask for binds us, too
		outputLimit = std::min(outputLimit, maxBufferSizeToBytes(MaxBufferSize(fragmentCode)));
	}
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
	if(input.size > input.base && headerLength == 0 && BrInternals::isInputEmpty(*engine()) &&
	   input.allocate(input.base)) {
		BrInternals::exchangeInput(*engine(), input.data, input.size);
	}
	if(output.size > output.base && BrInternals::isOutputEmpty(*engine()) && output.allocate(output.base)) {
		BrInternals::exchangeOutput(*engine(), output.data, output.size);
	}
}

} // namespace Ssl
