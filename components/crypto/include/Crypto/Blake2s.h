/**
 * Crypto::Blake2s…: the hash BLAKE2s (RFC 7693), fast on processors of 32 bits, also with a key in place of HMAC.
 *
 *     auto hash = Crypto::Blake2s256().calculate(text);
 *     auto code = Crypto::Blake2s256(key).calculate(message);    // key of at most 32 bytes
 */
#pragma once

#include "HashContext.h"

namespace Crypto
{
/** State of the hash, for any length of result. Wiped on destruction, as it may hold a key. */
class Blake2sState
{
public:
	static constexpr size_t blocksize = 64;
	static constexpr size_t maxhashsize = 32;
	static constexpr size_t maxkeysize = 32;

	Blake2sState() = default;
	~Blake2sState();
	Blake2sState(const Blake2sState&) = default;
	Blake2sState& operator=(const Blake2sState&) = default;

	void update(const void* data, size_t length);

protected:
	/** @param key longer ones are cut to maxkeysize */
	void init(size_t hashSize, const void* key, size_t keySize);
	void final(uint8_t* hash, size_t hashSize) const;

private:
	void compress(const uint8_t* block, bool last);

	uint32_t h[8];
	uint64_t count; ///< bytes that were compressed
	uint8_t buffer[blocksize];
	size_t used;
};

/** BLAKE2s (RFC 7693) with a hash of 1 to 32 bytes. */
template <size_t hashSize> class Blake2sEngine : public Blake2sState
{
public:
	static_assert(hashSize >= 1 && hashSize <= maxhashsize, "BLAKE2s gives 1 to 32 bytes");
	static constexpr size_t size = hashSize;

	void init()
	{
		Blake2sState::init(size, nullptr, 0);
	}

	void init(const Secret& key)
	{
		Blake2sState::init(size, key.data(), key.size());
	}

	void final(uint8_t* hash) const
	{
		Blake2sState::final(hash, size);
	}
};

using Blake2s128 = HashContext<Blake2sEngine<16>>;
using Blake2s160 = HashContext<Blake2sEngine<20>>;
using Blake2s224 = HashContext<Blake2sEngine<28>>;
using Blake2s256 = HashContext<Blake2sEngine<32>>;

} // namespace Crypto
