/** Ssl::FragmentSizes: what session.maxBufferSize means for the records of either direction. Private to the adapters. */
#pragma once

#include <Network/Ssl/Session.h>

namespace Ssl
{
struct FragmentSizes {
	size_t wanted; ///< plaintext that the session's buffers are to be made for; 0: the adapter decides
	size_t output; ///< most plaintext in a record that we send
	size_t batch;  ///< records that leave together may take so many bytes; 0: each leaves by itself
	uint8_t code;  ///< of the maximum fragment length extension (RFC 6066 §4), as a client asks; 0: does not ask

	static FragmentSizes choose(const Session& session);
};

} // namespace Ssl
