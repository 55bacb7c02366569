#include "EncryptedKey.h"
#include "Der.h"
#include <Memory.h>
#include <algorithm>
#include <bearssl.h>
#include <cstring>
#include <hal.h>

namespace Ssl
{
namespace
{
constexpr size_t blockSize = 16; ///< of AES

/* Object identifiers: RFC 8018 appendix C, NIST CSOR. Of the last two the final octet tells which. */
const uint8_t oidPbes2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d};
const uint8_t oidPbkdf2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c};
const uint8_t oidHmacPrefix[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02};
const uint8_t oidAesPrefix[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01};

/** Last octet of an object identifier that begins with `prefix`; 0 if it does not. */
template <size_t size> uint8_t lastOctet(const Der& oid, const uint8_t (&prefix)[size])
{
	return (oid.length == size + 1 && memcmp(oid.data, prefix, size) == 0) ? oid.data[size] : 0;
}

const br_hash_class* hashOfHmac(const Der& oid)
{
	switch(lastOctet(oid, oidHmacPrefix)) {
	case 7:
		return &br_sha1_vtable;
	case 8:
		return &br_sha224_vtable;
	case 9:
		return &br_sha256_vtable;
	case 10:
		return &br_sha384_vtable;
	case 11:
		return &br_sha512_vtable;
	default:
		return nullptr;
	}
}

/** Length of the key of AES-CBC; 0 for any other cipher. */
size_t keyLengthOfAes(const Der& oid)
{
	switch(lastOctet(oid, oidAesPrefix)) {
	case 2:
		return 16;
	case 22:
		return 24;
	case 42:
		return 32;
	default:
		return 0;
	}
}

/** What an EncryptedPrivateKeyInfo says. */
struct Parameters {
	Der salt;
	uint32_t iterations;
	const br_hash_class* hash;
	size_t keyLength;
	Der iv;
	Der ciphertext;

	bool parse(Der input);

private:
	bool parseDerivation(Der input);
	bool parseEncryption(Der input);
};

bool Parameters::parse(Der input)
{
	Der info, algorithm, oid, scheme, derivation, encryption;
	return input.take(tagSequence, info) && info.take(tagSequence, algorithm) && info.take(tagOctetString, ciphertext) &&
		   algorithm.take(tagOid, oid) && oid.equals(oidPbes2) && algorithm.take(tagSequence, scheme) &&
		   scheme.take(tagSequence, derivation) && scheme.take(tagSequence, encryption) &&
		   parseDerivation(derivation) && parseEncryption(encryption) && !ciphertext.isEmpty() &&
		   ciphertext.length % blockSize == 0;
}

bool Parameters::parseDerivation(Der input)
{
	Der oid, values, function;
	if(!input.take(tagOid, oid) || !oid.equals(oidPbkdf2) || !input.take(tagSequence, values) ||
	   !values.take(tagOctetString, salt) || !values.takeNumber(iterations)) {
		return false;
	}
	uint32_t announced = 0; // length of the key: the cipher has only one
	if(!values.isEmpty() && values.data[0] == tagInteger && !values.takeNumber(announced)) {
		return false;
	}
	hash = &br_sha1_vtable; // the default (RFC 8018 appendix A.2)
	if(!values.isEmpty()) {
		if(!values.take(tagSequence, function) || !function.take(tagOid, oid)) {
			return false;
		}
		hash = hashOfHmac(oid);
	}
	return hash != nullptr && iterations != 0 && iterations <= maxKeyIterations;
}

bool Parameters::parseEncryption(Der input)
{
	Der oid;
	if(!input.take(tagOid, oid) || !input.take(tagOctetString, iv)) {
		return false;
	}
	keyLength = keyLengthOfAes(oid);
	return keyLength != 0 && iv.length == blockSize;
}

/** PBKDF2 (RFC 8018 §5.2). */
void deriveKey(const Parameters& parameters, const char* password, uint8_t* out)
{
	br_hmac_key_context keyContext;
	br_hmac_key_init(&keyContext, parameters.hash, password, strlen(password));
	uint8_t value[64];
	uint8_t sum[64];
	uint32_t index = 0;
	for(size_t done = 0; done < parameters.keyLength;) {
		++index;
		const uint8_t suffix[] = {uint8_t(index >> 24), uint8_t(index >> 16), uint8_t(index >> 8), uint8_t(index)};
		br_hmac_context context;
		br_hmac_init(&context, &keyContext, 0);
		br_hmac_update(&context, parameters.salt.data, parameters.salt.length);
		br_hmac_update(&context, suffix, sizeof(suffix));
		const size_t size = br_hmac_out(&context, value);
		memcpy(sum, value, size);
		for(uint32_t i = 1; i < parameters.iterations; ++i) {
			br_hmac_init(&context, &keyContext, 0);
			br_hmac_update(&context, value, size);
			br_hmac_out(&context, value);
			for(size_t k = 0; k < size; ++k) {
				sum[k] ^= value[k];
			}
			if((i & 0x3f) == 0) {
				hal_watchdog_feed();
			}
		}
		const size_t taken = std::min(size, parameters.keyLength - done);
		memcpy(out + done, sum, taken);
		done += taken;
		Memory::wipe(&context, sizeof(context));
	}
	Memory::wipe(&keyContext, sizeof(keyContext));
	Memory::wipe(value, sizeof(value));
	Memory::wipe(sum, sizeof(sum));
}

/** Length of what stands before the padding (RFC 8018 §6.1.1); 0 if it is no padding. */
size_t unpadded(const uint8_t* data, size_t length)
{
	const size_t count = data[length - 1];
	if(count == 0 || count > blockSize) {
		return 0;
	}
	for(size_t i = 1; i <= count; ++i) {
		if(data[length - i] != count) {
			return 0;
		}
	}
	return length - count;
}

} // namespace

bool isEncryptedKey(const uint8_t* der, size_t length)
{
	Der input{der, length};
	Der info, algorithm;
	return input.take(tagSequence, info) && info.take(tagSequence, algorithm);
}

Error decryptKey(const uint8_t* der, size_t length, const char* password, uint8_t*& key, size_t& keyLength)
{
	key = nullptr;
	keyLength = 0;
	Parameters parameters;
	if(!parameters.parse({der, length})) {
		return Error::badKey;
	}
	if(password == nullptr) {
		return Error::keyPassword;
	}
	const size_t size = parameters.ciphertext.length;
	auto block = static_cast<uint8_t*>(Memory::allocate(size, Memory::Tag::certificate));
	if(block == nullptr) {
		return Error::noMemory;
	}
	memcpy(block, parameters.ciphertext.data, size);

	uint8_t cipherKey[32];
	deriveKey(parameters, password, cipherKey);
	br_aes_ct_cbcdec_keys cipher;
	br_aes_ct_cbcdec_init(&cipher, cipherKey, parameters.keyLength);
	uint8_t iv[blockSize];
	memcpy(iv, parameters.iv.data, sizeof(iv));
	br_aes_ct_cbcdec_run(&cipher, iv, block, size);
	Memory::wipe(&cipher, sizeof(cipher));
	Memory::wipe(cipherKey, sizeof(cipherKey));

	keyLength = unpadded(block, size);
	if(keyLength == 0) {
		Memory::wipeAndRelease(block);
		return Error::keyPassword;
	}
	key = block;
	return Error::none;
}

} // namespace Ssl
