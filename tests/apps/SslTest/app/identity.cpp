#include <Crypto/Sha2.h>
#include <algorithm>
#include <bearssl.h>
#include <identity.h>

namespace
{
/** An element of DER (X.690): tag, length, content. */
String der(uint8_t tag, const String& content)
{
	String text;
	text += char(tag);
	const size_t length = content.length();
	if(length >= 0x100) {
		text += char(0x82);
		text += char(length >> 8);
	} else if(length >= 0x80) {
		text += char(0x81);
	}
	text += char(length);
	text += content;
	return text;
}

template <size_t size> String bytes(const uint8_t (&data)[size])
{
	return String(reinterpret_cast<const char*>(data), size);
}

const uint8_t oidEcPublicKey[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
const uint8_t oidP256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
const uint8_t oidEcdsaSha256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
const uint8_t oidCommonName[] = {0x06, 0x03, 0x55, 0x04, 0x03};
const uint8_t oidOrganization[] = {0x06, 0x03, 0x55, 0x04, 0x0a};

String attribute(const String& oid, const String& value)
{
	return der(0x31, der(0x30, oid + der(0x0c, value)));
}

String bitString(const uint8_t* data, size_t length)
{
	String content;
	content += '\0';
	content.concat(reinterpret_cast<const char*>(data), length);
	return der(0x03, content);
}

} // namespace

Identity::Identity(uint8_t number, size_t padding)
{
	br_hmac_drbg_context random;
	br_hmac_drbg_init(&random, &br_sha256_vtable, &number, 1);
	auto ec = br_ec_get_default();
	br_ec_private_key secret;
	uint8_t secretData[BR_EC_KBUF_PRIV_MAX_SIZE];
	br_ec_keygen(&random.vtable, ec, &secret, secretData, BR_EC_secp256r1);
	uint8_t point[65];
	br_ec_compute_pub(ec, nullptr, point, &secret);

	const uint8_t one[] = {0x02, 0x01, 0x01};
	const uint8_t version3[] = {0xa0, 0x03, 0x02, 0x01, 0x02};
	key = der(0x30, bytes(one) + der(0x04, String(reinterpret_cast<const char*>(secret.x), secret.xlen)) +
						der(0xa0, bytes(oidP256)));

	String names = attribute(bytes(oidCommonName), "device.local");
	for(; padding != 0; padding -= std::min<size_t>(padding, 60)) {
		String filler;
		for(size_t i = 0; i < std::min<size_t>(padding, 60); ++i) {
			filler += 'x';
		}
		names += attribute(bytes(oidOrganization), filler);
	}
	const String name = der(0x30, names);
	const String algorithm = der(0x30, bytes(oidEcdsaSha256));
	const String publicKey =
		der(0x30, der(0x30, bytes(oidEcPublicKey) + bytes(oidP256)) + bitString(point, sizeof(point)));
	const String validity = der(0x30, der(0x17, "240101000000Z") + der(0x17, "491231235959Z"));
	const String body = der(0x30, bytes(version3) + bytes(one) + algorithm + name + validity + name + publicKey);
	uint8_t signature[80];
	const auto hash = Crypto::Sha256().calculate(body);
	const size_t length = br_ecdsa_sign_asn1_get_default()(ec, &br_sha256_vtable, hash.data(), &secret, signature);
	certificate = der(0x30, body + algorithm + bitString(signature, length));
	pin.hash = Crypto::Sha256().calculate(publicKey);
}
