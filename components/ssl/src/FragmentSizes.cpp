#include "FragmentSizes.h"
#include <Memory.h>
#include <algorithm>

namespace Ssl
{
namespace
{
/**
 * Below this much free heap, a peer is asked for small records even if the application did not say so, and none larger
 * are sent. It is what full records take at once: one received and one to be sent, of 16.4 KB each, the application's
 * copy of one that waits, and what the session and TCP need beside them. Of a peer that does not heed the wish records of
 * 16 KB still find room in three quarters of this.
 */
constexpr size_t plentyOfHeap = 64 * 1024;

/**
 * From so much free heap on, as on a PC, calls of the socket's cost more than memory: two of the largest records leave
 * with one. Four were slower: they and what they are made of do not stay in a processor's nearest cache.
 */
constexpr size_t heapForBatches = 4 * 1024 * 1024;
constexpr size_t batchOfRecords = 2 * (16384 + 128);

} // namespace

FragmentSizes FragmentSizes::choose(const Session& session)
{
	FragmentSizes sizes{maxBufferSizeToBytes(session.maxBufferSize), 0, 0, 0};
	sizes.output = sizes.wanted;
	if(sizes.wanted == 0) {
		const size_t available = Memory::available();
		const bool isPlenty = available >= plentyOfHeap;
		sizes.batch = available >= heapForBatches ? batchOfRecords : 0;
		sizes.code = isPlenty ? 0 : uint8_t(MaxBufferSize::K2);
		sizes.output = maxBufferSizeToBytes(isPlenty ? MaxBufferSize::K16 : MaxBufferSize::K2);
	} else if(session.maxBufferSize <= MaxBufferSize::K4) {
		sizes.code = uint8_t(session.maxBufferSize);
	} else if(session.maxBufferSize == MaxBufferSize::K8) {
		sizes.code = uint8_t(MaxBufferSize::K4); // the largest that can be asked for
	}
	if(session.getRole() == Role::server) {
		sizes.code = 0; // only a client asks
	}
	if(sizes.code != 0) {
		// What we ask for binds us, too
		sizes.output = std::min(sizes.output, maxBufferSizeToBytes(MaxBufferSize(sizes.code)));
	}
	return sizes;
}

} // namespace Ssl
