#include "Identity.h"
#include "../common/Expect.h"
#include <bearssl.h>
#include <cstring>

namespace
{
/** A DER element that grows at its end. */
class Element
{
public:
	Element& add(const void* content, size_t size)
	{
		Fuzz::expect(length + size <= sizeof(data), "certificate too large for its buffer");
		memcpy(data + length, content, size);
		length += size;
		return *this;
	}

	Element& add(uint8_t tag, const void* content, size_t size)
	{
		const uint8_t header[] = {tag, 0x82, uint8_t(size >> 8), uint8_t(size)};
		const uint8_t shortHeader[] = {tag, uint8_t(size)};
		const uint8_t middleHeader[] = {tag, 0x81, uint8_t(size)};
		if(size < 0x80) {
			add(shortHeader, sizeof(shortHeader));
		} else if(size < 0x100) {
			add(middleHeader, sizeof(middleHeader));
		} else {
			add(header, sizeof(header));
		}
		return add(content, size);
	}

	Element& add(uint8_t tag, const Element& content)
	{
		return add(tag, content.data, content.length);
	}

	/** Behind the number of unused bits, 0. */
	Element& addBitString(const void* content, size_t size)
	{
		Element bits;
		bits.add("", 1).add(content, size);
		return add(0x03, bits);
	}

	/** A positive number: a zero in front where the first bit is set. */
	Element& addNumber(const uint8_t* content, size_t size)
	{
		Element number;
		if(size == 0 || (content[0] & 0x80) != 0) {
			number.add("", 1);
		}
		if(size != 0) {
			number.add(content, size);
		}
		return add(0x02, number);
	}

	uint8_t data[1536];
	size_t length = 0;
};

constexpr uint8_t ecdsaWithSha256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
constexpr uint8_t ecPublicKeyP256[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
									   0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr uint8_t rsaEncryption[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
constexpr uint8_t commonName[] = {0x06, 0x03, 0x55, 0x04, 0x03};

/** X.509 version 3 without extensions (RFC 5280 §4.1). Nobody checks a certificate of one's own. */
Element certificateFor(const Element& publicKey)
{
	Element signature, name, attribute, validity, tbs, all, certificate;
	signature.add(ecdsaWithSha256, sizeof(ecdsaWithSha256));
	attribute.add(commonName, sizeof(commonName)).add(0x0c, "fuzz", 4);
	name = Element().add(0x31, Element().add(0x30, attribute));
	validity.add(0x17, "200101000000Z", 13).add(0x17, "400101000000Z", 13);
	tbs.add(0xa0, Element().add(0x02, "\2", 1)).add(0x02, "\1", 1).add(0x30, signature);
	tbs.add(0x30, name).add(0x30, validity).add(0x30, name).add(publicKey.data, publicKey.length);
	all.add(0x30, tbs).add(0x30, signature).addBitString("", 1);
	certificate.add(0x30, all);
	return certificate;
}

br_hmac_drbg_context generator(const char* text)
{
	br_hmac_drbg_context context;
	br_hmac_drbg_init(&context, &br_sha256_vtable, text, strlen(text));
	return context;
}

void assign(Ssl::KeyCertPair& pair, const uint8_t* key, size_t keyLength, const Element& publicKey)
{
	auto certificate = certificateFor(publicKey);
	bool done = pair.assign(key, unsigned(keyLength), certificate.data, unsigned(certificate.length));
	Fuzz::expect(done, "the harness's own key was refused");
}

void makeEc(Ssl::KeyCertPair& pair)
{
	uint8_t secret[BR_EC_KBUF_PRIV_MAX_SIZE];
	uint8_t point[BR_EC_KBUF_PUB_MAX_SIZE];
	uint8_t encoded[256];
	br_ec_private_key key;
	br_ec_public_key publicKey;
	auto random = generator("sming-host fuzzing, EC");
	br_ec_keygen(&random.vtable, br_ec_get_default(), &key, secret, BR_EC_secp256r1);
	br_ec_compute_pub(br_ec_get_default(), &publicKey, point, &key);
	size_t length = br_encode_ec_raw_der(encoded, &key, &publicKey);

	Element parts, spki;
	parts.add(0x30, ecPublicKeyP256, sizeof(ecPublicKeyP256)).addBitString(publicKey.q, publicKey.qlen);
	spki.add(0x30, parts);
	assign(pair, encoded, length, spki);
}

void makeRsa(Ssl::KeyCertPair& pair)
{
	constexpr unsigned bits = 2048;
	static uint8_t secret[BR_RSA_KBUF_PRIV_SIZE(bits)];
	uint8_t open[BR_RSA_KBUF_PUB_SIZE(bits)];
	uint8_t exponent[bits / 8];
	br_rsa_private_key key;
	br_rsa_public_key publicKey;
	auto random = generator("sming-host fuzzing, RSA");
	br_rsa_keygen_get_default()(&random.vtable, &key, secret, &publicKey, open, bits, 65537);
	size_t exponentLength = br_rsa_compute_privexp_get_default()(exponent, &key, 65537);

	// PKCS#1 (RFC 8017 §A.1.2)
	Element secretNumbers, encoded;
	secretNumbers.addNumber(nullptr, 0).addNumber(publicKey.n, publicKey.nlen).addNumber(publicKey.e, publicKey.elen);
	secretNumbers.addNumber(exponent, exponentLength).addNumber(key.p, key.plen).addNumber(key.q, key.qlen);
	secretNumbers.addNumber(key.dp, key.dplen).addNumber(key.dq, key.dqlen).addNumber(key.iq, key.iqlen);
	encoded.add(0x30, secretNumbers);

	Element numbers, sequence, parts, spki;
	numbers.addNumber(publicKey.n, publicKey.nlen).addNumber(publicKey.e, publicKey.elen);
	sequence.add(0x30, numbers);
	parts.add(0x30, rsaEncryption, sizeof(rsaEncryption)).addBitString(sequence.data, sequence.length);
	spki.add(0x30, parts);
	assign(pair, encoded.data, encoded.length, spki);
}

} // namespace

namespace Fuzz
{
const Ssl::KeyCertPair& ecIdentity()
{
	static Ssl::KeyCertPair pair;
	if(!pair.isValid()) {
		makeEc(pair);
	}
	return pair;
}

const Ssl::KeyCertPair& rsaIdentity()
{
	static Ssl::KeyCertPair pair;
	if(!pair.isValid()) {
		makeRsa(pair);
	}
	return pair;
}

} // namespace Fuzz
