#include "Toys.h"
#include <cstring>

namespace Fuzz
{
namespace
{
/* A group: numbers under addition, each byte by itself, in the form that points of the curve have. */

size_t pointLength(int curve)
{
	return curve == BR_EC_curve25519 ? 32 : curve == BR_EC_secp256r1 ? 65 : 97;
}

const unsigned char* getGenerator(int curve, size_t* length)
{
	static const unsigned char point[97] = {4, 1};
	*length = pointLength(curve);
	return point;
}

const unsigned char* getOrder(int curve, size_t* length)
{
	static const unsigned char number[48] = {0x7f, 0xff};
	*length = curve == BR_EC_secp384r1 ? 48 : 32;
	return number;
}

size_t getOffset(int curve, size_t* length)
{
	*length = curve == BR_EC_secp384r1 ? 48 : 32;
	return curve == BR_EC_curve25519 ? 0 : 1;
}

/** The point becomes the sum of all that it was multiplied with, which commutes. */
uint32_t multiply(unsigned char* point, size_t length, const unsigned char* x, size_t xLength, int curve)
{
	size_t size;
	const size_t offset = getOffset(curve, &size);
	if(length != pointLength(curve) || (offset == 1 && point[0] != 4)) {
		return 0;
	}
	for(size_t i = 0; i < size && i < xLength; ++i) {
		point[offset + i] = uint8_t(point[offset + i] + x[i]);
	}
	return 1;
}

size_t multiplyGenerator(unsigned char* point, const unsigned char* x, size_t xLength, int curve)
{
	const size_t length = pointLength(curve);
	memset(point, 0, length);
	if(curve != BR_EC_curve25519) {
		point[0] = 4;
	}
	return multiply(point, length, x, xLength, curve) == 0 ? 0 : length;
}

constexpr uint32_t bit(int curve)
{
	return uint32_t(1) << curve;
}

const br_ec_impl group = {bit(BR_EC_curve25519) | bit(BR_EC_secp256r1) | bit(BR_EC_secp384r1),
						  getGenerator,
						  getOrder,
						  getOffset,
						  multiply,
						  multiplyGenerator,
						  nullptr};

/* Signatures: the hash itself. */

constexpr size_t ecdsaLength = 32;

size_t ecdsaSign(const br_ec_impl*, const br_hash_class*, const void* hash, const br_ec_private_key*, void* signature)
{
	memcpy(signature, hash, ecdsaLength);
	return ecdsaLength;
}

uint32_t ecdsaVerify(const br_ec_impl*, const void* hash, size_t, const br_ec_public_key*, const void* signature,
					 size_t length)
{
	return length == ecdsaLength && memcmp(hash, signature, ecdsaLength) == 0;
}

uint32_t rsaCore(unsigned char* x, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		x[i] ^= 0x55;
	}
	return 1;
}

uint32_t rsaPublic(unsigned char* x, size_t length, const br_rsa_public_key* key)
{
	return length == key->nlen ? rsaCore(x, length) : 0;
}

uint32_t rsaPrivate(unsigned char* x, const br_rsa_private_key* key)
{
	return rsaCore(x, (key->n_bitlen + 7) / 8);
}

uint32_t rsaSign(const unsigned char*, const unsigned char* hash, size_t hashLength, const br_rsa_private_key* key,
				 unsigned char* x)
{
	memset(x, 1, (key->n_bitlen + 7) / 8);
	memcpy(x, hash, hashLength);
	return 1;
}

uint32_t rsaVerify(const unsigned char* x, size_t length, const unsigned char*, size_t hashLength,
				   const br_rsa_public_key* key, unsigned char* hash)
{
	if(length != key->nlen) {
		return 0;
	}
	memcpy(hash, x, hashLength);
	return 1;
}

/** No key, and a tag of zeros. All data is read and written, so that sanitizers see wrong lengths. */
void poly1305(const void*, const void*, void* data, size_t length, const void*, size_t, void* tag, br_chacha20_run, int)
{
	static uint8_t copy[1 << 15];
	if(length != 0 && length <= sizeof(copy)) {
		memcpy(copy, data, length);
		memcpy(data, copy, length);
	}
	memset(tag, 0, 16);
}

uint32_t chacha20(const void*, const void*, uint32_t counter, void*, size_t)
{
	return counter;
}

void generate(const br_prng_class** context, void* out, size_t length)
{
	auto& random = *reinterpret_cast<ToyRandom*>(context);
	for(size_t i = 0; i < length; ++i) {
		random.state = random.state * 1664525u + 1013904223u;
		static_cast<uint8_t*>(out)[i] = uint8_t(random.state >> 24);
	}
}

const br_prng_class randomClass = {sizeof(ToyRandom), nullptr, generate, nullptr};

} // namespace

void useToys(axtls_crypto& crypto, bool cipher)
{
	crypto.ec = &group;
	crypto.ecdsa_sign = ecdsaSign;
	crypto.ecdsa_vrfy = ecdsaVerify;
	crypto.rsa_public = rsaPublic;
	crypto.rsa_private = rsaPrivate;
	crypto.rsa_sign = rsaSign;
	crypto.rsa_vrfy = rsaVerify;
	if(cipher) {
		crypto.poly1305 = poly1305;
		crypto.chacha20 = chacha20;
	}
}

void ToyRandom::init(uint32_t seed)
{
	vtable = &randomClass;
	state = seed;
}

} // namespace Fuzz
