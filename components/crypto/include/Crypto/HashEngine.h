/**
 * Crypto::HashEngine: state of one hash function. The work is done by BearSSL's primitives, which a chip may
 * replace by its own; its headers stay out of here.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Crypto
{
/** Sizes in bytes; `state` holds the engine's own context and is checked where it is known. */
template <size_t hashSize, size_t blockSize, size_t stateSize> struct HashSizes {
	static constexpr size_t size = hashSize;
	static constexpr size_t blocksize = blockSize;
	static constexpr size_t statesize = stateSize;
};

/** Sizes of MD5 (RFC 1321). */
struct Md5Algorithm : public HashSizes<16, 64, 112> {
};
/** Sizes of SHA-1 (FIPS 180-4). */
struct Sha1Algorithm : public HashSizes<20, 64, 112> {
};
/** Sizes of SHA-224 (FIPS 180-4). */
struct Sha224Algorithm : public HashSizes<28, 64, 112> {
};
/** Sizes of SHA-256 (FIPS 180-4). */
struct Sha256Algorithm : public HashSizes<32, 64, 112> {
};
/** Sizes of SHA-384 (FIPS 180-4). */
struct Sha384Algorithm : public HashSizes<48, 128, 208> {
};
/** Sizes of SHA-512 (FIPS 180-4). */
struct Sha512Algorithm : public HashSizes<64, 128, 208> {
};

template <class Algorithm> class HashEngine : public Algorithm
{
public:
	void init();
	void update(const void* data, size_t length);
	/** @param hash receives `size` bytes; the state is not changed, so more data may follow */
	void final(uint8_t* hash) const;

private:
	alignas(8) uint8_t state[Algorithm::statesize];
};

} // namespace Crypto
