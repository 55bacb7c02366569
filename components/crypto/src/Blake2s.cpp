#include <Crypto/Blake2s.h>
#include <Memory.h>
#include <algorithm>
#include <cstring>

namespace Crypto
{
namespace
{
/* RFC 7693 §2.6, §2.7 */
const uint32_t initialValue[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

const uint8_t sigma[10][16] = {
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
	{11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
	{9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
	{12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
	{6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

uint32_t rotate(uint32_t value, unsigned bits)
{
	return value >> bits | value << (32 - bits);
}

/** RFC 7693 §3.1 */
void mix(uint32_t* v, unsigned a, unsigned b, unsigned c, unsigned d, uint32_t x, uint32_t y)
{
	v[a] += v[b] + x;
	v[d] = rotate(v[d] ^ v[a], 16);
	v[c] += v[d];
	v[b] = rotate(v[b] ^ v[c], 12);
	v[a] += v[b] + y;
	v[d] = rotate(v[d] ^ v[a], 8);
	v[c] += v[d];
	v[b] = rotate(v[b] ^ v[c], 7);
}

} // namespace

Blake2sState::~Blake2sState()
{
	Memory::wipe(h, sizeof(h));
	Memory::wipe(buffer, sizeof(buffer));
}

/* RFC 7693 §3.2 */
void Blake2sState::compress(const uint8_t* block, bool last)
{
	uint32_t m[16];
	for(unsigned i = 0; i < 16; ++i) {
		const uint8_t* p = block + 4 * i;
		m[i] = p[0] | uint32_t(p[1]) << 8 | uint32_t(p[2]) << 16 | uint32_t(p[3]) << 24;
	}
	uint32_t v[16];
	memcpy(v, h, sizeof(h));
	memcpy(v + 8, initialValue, sizeof(initialValue));
	v[12] ^= uint32_t(count);
	v[13] ^= uint32_t(count >> 32);
	if(last) {
		v[14] = ~v[14];
	}
	for(auto& s : sigma) {
		mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
		mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
		mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
		mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
		mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
		mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
		mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
		mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
	}
	for(unsigned i = 0; i < 8; ++i) {
		h[i] ^= v[i] ^ v[i + 8];
	}
	Memory::wipe(m, sizeof(m));
	Memory::wipe(v, sizeof(v));
}

void Blake2sState::init(size_t hashSize, const void* key, size_t keySize)
{
	keySize = std::min(keySize, maxkeysize);
	memcpy(h, initialValue, sizeof(h));
	h[0] ^= 0x01010000 ^ uint32_t(keySize) << 8 ^ uint32_t(hashSize);
	count = 0;
	used = 0;
	memset(buffer, 0, sizeof(buffer));
	if(keySize != 0) {
		memcpy(buffer, key, keySize);
		used = blocksize; // a key is a block of its own
	}
}

/* The last block is marked as such, so a full buffer waits until it is known whether more follows. */
void Blake2sState::update(const void* data, size_t length)
{
	auto p = static_cast<const uint8_t*>(data);
	while(length != 0) {
		if(used == blocksize) {
			count += blocksize;
			compress(buffer, false);
			used = 0;
		}
		const size_t n = std::min(length, blocksize - used);
		memcpy(buffer + used, p, n);
		used += n;
		p += n;
		length -= n;
	}
}

void Blake2sState::final(uint8_t* hash, size_t hashSize) const
{
	Blake2sState end(*this);
	end.count += used;
	memset(end.buffer + used, 0, blocksize - used);
	end.compress(end.buffer, true);
	for(size_t i = 0; i < hashSize; ++i) {
		hash[i] = uint8_t(end.h[i / 4] >> (8 * (i % 4)));
	}
}

} // namespace Crypto
