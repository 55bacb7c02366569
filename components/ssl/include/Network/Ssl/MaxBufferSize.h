/**
 * Ssl::MaxBufferSize: the most plaintext that one TLS record may carry, and so the size of record buffers.
 *
 * The ordinals up to K4 are the codes of the maximum fragment length extension (RFC 6066 §4); larger sizes
 * have no code there and are never sent. A server may ignore the wish and send records of 16 KB.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Ssl
{
enum class MaxBufferSize : uint8_t {
	Default = 0, ///< the adapter decides
	B512,		 ///< 512 bytes
	K1,			 ///< 1024 bytes
	K2,
	K4,
	K8,
	K16,
};

/** Size in bytes; 0 for Default. */
constexpr size_t maxBufferSizeToBytes(MaxBufferSize value)
{
	return (value == MaxBufferSize::Default) ? 0 : size_t(256) << size_t(value);
}

} // namespace Ssl
