/**
 * An input of the TLS harnesses: settings of the session, the authority it trusts, and what the peer sends.
 *
 *     1  flags, see below
 *     1  Ssl::MaxBufferSize in the lowest three bits, further flags above
 *     1  bytes that arrive at once, at most a record; 0: a record, 255: everything
 *     1  the n-th allocation fails; 0: none does
 *     4  time in seconds since 1970; 0: the clock is not set
 *     2  length of the authority's certificate
 *     n  that certificate (DER or PEM)
 *     2  with `twice`: length of what the peer sends on a first connection, whose session the second may resume
 *     n  with `twice`: those bytes
 *     …  bytes from the peer
 *
 * Numbers have their most significant byte first. tests/fuzz/seeds.py writes the same.
 */
#pragma once

#include "../common/Input.h"

namespace Fuzz
{
constexpr size_t tlsHeaderSize = 10;

struct TlsInput {
	enum Flag : uint8_t {
		clientAuthentication = 1, ///< server: ask for a certificate; client: present one
		fullSuites = 2,
		rsaKey = 4,
		verifyLater = 8,
		sessionResume = 16,
		freeKeyCert = 32,
		/** What happens after the peer's last byte: we say goodbye first, else the transport just ends. */
		closeAtEnd = 64,
		/** All later allocations fail, too. */
		heapExhausted = 128,
	};

	enum MoreFlag : uint8_t {
		legacyVersions = 8,
		alpn = 16,
		twice = 32,
	};

	static constexpr uint32_t atOnce = 255;

	TlsInput(const uint8_t* data, size_t size)
	{
		Input input(data, size);
		flags = uint8_t(input.takeNumber(1));
		moreFlags = uint8_t(input.takeNumber(1));
		maxBufferSize = moreFlags & 7;
		fragment = input.takeNumber(1);
		failAllocation = input.takeNumber(1);
		time = input.takeNumber(4);
		authority = input.takeCounted();
		first = has(twice) ? input.takeCounted() : Bytes{nullptr, 0};
		stream = input.takeRest();
	}

	bool has(Flag flag) const
	{
		return (flags & flag) != 0;
	}

	bool has(MoreFlag flag) const
	{
		return (moreFlags & flag) != 0;
	}

	uint8_t flags;
	uint8_t moreFlags;
	uint8_t maxBufferSize;
	uint32_t fragment;
	uint32_t failAllocation;
	int64_t time;
	Bytes authority;
	Bytes first;
	Bytes stream;
};

} // namespace Fuzz
