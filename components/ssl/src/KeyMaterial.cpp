#include "KeyMaterial.h"
#include "DerReader.h"
#include "EncryptedKey.h"
#include <Memory.h>
#include <cstring>
#include <x509/validator.h>

namespace Ssl
{
namespace
{
constexpr unsigned minRsaBits = 2048;
constexpr unsigned maxRsaBits = 4096;

Error copyKey(const br_skey_decoder_context& decoder, KeyMaterial& material)
{
	material.keyType = br_skey_decoder_key_type(&decoder);
	if(material.keyType == BR_KEYTYPE_RSA) {
		const br_rsa_private_key& from = *br_skey_decoder_get_rsa(&decoder);
		if(from.n_bitlen < minRsaBits || from.n_bitlen > maxRsaBits) {
			return Error::badKey;
		}
		br_rsa_private_key& to = material.key.rsa;
		to = from;
		struct Part {
			unsigned char*& data;
			size_t length;
		} parts[] = {{to.p, to.plen}, {to.q, to.qlen}, {to.dp, to.dplen}, {to.dq, to.dqlen}, {to.iq, to.iqlen}};
		size_t size = 0;
		for(auto& part : parts) {
			size += part.length;
		}
		material.keyData = static_cast<uint8_t*>(Memory::allocate(size, Memory::Tag::certificate));
		if(material.keyData == nullptr) {
			return Error::noMemory;
		}
		uint8_t* out = material.keyData;
		for(auto& part : parts) {
			memcpy(out, part.data, part.length);
			part.data = out;
			out += part.length;
		}
		return Error::none;
	}
	if(material.keyType == BR_KEYTYPE_EC) {
		const br_ec_private_key& from = *br_skey_decoder_get_ec(&decoder);
		const int curve = from.curve;
		if(curve != BR_EC_secp256r1 && curve != BR_EC_secp384r1 && curve != BR_EC_secp521r1) {
			return Error::badKey;
		}
		material.key.ec = from;
		material.keyData = static_cast<uint8_t*>(Memory::allocate(from.xlen, Memory::Tag::certificate));
		if(material.keyData == nullptr) {
			return Error::noMemory;
		}
		memcpy(material.keyData, from.x, from.xlen);
		material.key.ec.x = material.keyData;
		return Error::none;
	}
	return Error::badKey;
}

/** Of PEM files, take the first private key: `openssl ecparam -genkey` puts "EC PARAMETERS" before it. */
bool isKeyLabel(const char* label)
{
	static const char suffix[] = "PRIVATE KEY";
	const size_t length = strlen(label);
	return length == 0 ||
		   (length >= sizeof(suffix) - 1 && strcmp(label + length - (sizeof(suffix) - 1), suffix) == 0);
}

/** @param der of a key in the clear */
Error decodePlainKey(const uint8_t* der, size_t length, KeyMaterial& material)
{
	auto decoder = static_cast<br_skey_decoder_context*>(
		Memory::allocate(sizeof(br_skey_decoder_context), Memory::Tag::certificate));
	if(decoder == nullptr) {
		return Error::noMemory;
	}
	br_skey_decoder_init(decoder);
	br_skey_decoder_push(decoder, der, length);
	const Error error = br_skey_decoder_last_error(decoder) == 0 ? copyKey(*decoder, material) : Error::badKey;
	Memory::wipeAndRelease(decoder);
	return error;
}

Error decodeKey(const uint8_t* data, size_t length, const char* password, KeyMaterial& material)
{
	DerReader reader(data, length);
	DerReader::Status status;
	do {
		status = reader.next();
	} while(status == DerReader::Status::object && !isKeyLabel(reader.label()));
	if(status == DerReader::Status::noMemory) {
		return Error::noMemory;
	}
	if(status != DerReader::Status::object) {
		return Error::badKey;
	}
	if(!isEncryptedKey(reader.data(), reader.length())) {
		return decodePlainKey(reader.data(), reader.length(), material);
	}
	uint8_t* key;
	size_t keyLength;
	Error error = decryptKey(reader.data(), reader.length(), password, key, keyLength);
	if(error == Error::none) {
		error = decodePlainKey(key, keyLength, material);
		Memory::wipeAndRelease(key);
		if(error == Error::badKey) {
			error = Error::keyPassword; // one in 256 wrong passwords gets as far as this
		}
	}
	return error;
}

Error copyChain(const uint8_t* data, size_t length, KeyMaterial& material)
{
	DerReader reader(data, length);
	for(;;) {
		const auto status = reader.next();
		if(status == DerReader::Status::end) {
			return material.chainLength == 0 ? Error::badCertificateData : Error::none;
		}
		if(status == DerReader::Status::noMemory) {
			return Error::noMemory;
		}
		if(status != DerReader::Status::object || material.chainLength == KeyMaterial::maxChain) {
			return Error::badCertificateData;
		}
		if(reader.label()[0] != '\0' && strcmp(reader.label(), "CERTIFICATE") != 0) {
			continue; // a file with the key in it, too
		}
		auto& certificate = material.chain[material.chainLength];
		certificate.data = static_cast<uint8_t*>(Memory::allocate(reader.length(), Memory::Tag::certificate));
		if(certificate.data == nullptr) {
			return Error::noMemory;
		}
		memcpy(certificate.data, reader.data(), reader.length());
		certificate.data_len = reader.length();
		++material.chainLength;
	}
}

/** A big-endian number without its leading zeros. */
struct Number {
	const uint8_t* data;
	size_t length;

	Number(const uint8_t* data, size_t length) : data(data), length(length)
	{
		while(this->length != 0 && *this->data == 0) {
			++this->data;
			--this->length;
		}
	}

	/** Byte of weight 256^i. */
	uint32_t operator[](size_t i) const
	{
		return data[length - 1 - i];
	}
};

/*
 * Is n = p·q? BearSSL 0.6 could compute the modulus, but has two words too few for keys of 4096 bits. Column by
 * column; which steps are taken depends on lengths alone.
 */
bool isProduct(const Number& n, const Number& p, const Number& q)
{
	const size_t size = p.length + q.length;
	if(n.length > size || size > maxRsaBits / 8) {
		return false;
	}
	uint32_t sum = 0; // at most 512 products of bytes, and what the last column left
	uint32_t difference = 0;
	for(size_t column = 0; column < size; ++column) {
		for(size_t i = column < q.length ? 0 : column - q.length + 1; i < p.length && i <= column; ++i) {
			sum += p[i] * q[column - i];
		}
		difference |= uint8_t(sum) ^ (column < n.length ? n[column] : 0);
		sum >>= 8;
	}
	return difference == 0;
}

bool belongsTogether(const KeyMaterial& material, const br_x509_pkey& publicKey)
{
	if(publicKey.key_type != material.keyType) {
		return false;
	}
	if(material.keyType == BR_KEYTYPE_RSA) {
		const br_rsa_public_key& rsa = publicKey.key.rsa;
		const br_rsa_private_key& own = material.key.rsa;
		return isProduct({rsa.n, rsa.nlen}, {own.p, own.plen}, {own.q, own.qlen});
	}
	uint8_t own[BR_EC_KBUF_PUB_MAX_SIZE];
	const br_ec_public_key& ec = publicKey.key.ec;
	return ec.curve == material.key.ec.curve &&
		   br_ec_compute_pub(br_ec_get_default(), nullptr, own, &material.key.ec) == ec.qlen &&
		   memcmp(own, ec.q, ec.qlen) == 0;
}

Error checkPair(const KeyMaterial& material)
{
	auto context = static_cast<x509_context*>(Memory::allocate(sizeof(x509_context), Memory::Tag::handshake));
	if(context == nullptr) {
		return Error::noMemory;
	}
	x509_config config;
	x509_config_init(&config, X509_SERVER_CERTIFICATE);
	config.check_chain = false;
	const uint8_t* data = material.chain[0].data;
	const size_t length = material.chain[0].data_len;
	Error error = Error::badCertificateData;
	if(x509_validate(context, &config, &data, &length, 1) == X509_ERROR_NONE) {
		const br_x509_pkey* publicKey = x509_vtable.get_pkey(&context->vtable, nullptr);
		if(publicKey != nullptr) {
			error = belongsTogether(material, *publicKey) ? Error::none : Error::keyMismatch;
		}
	}
	Memory::release(context);
	return error;
}

} // namespace

Error KeyMaterial::create(const uint8_t* key, size_t keyLength, const uint8_t* certificate, size_t certificateLength,
						  const char* password, KeyMaterial*& result)
{
	const KeyBytes bytes{key, keyLength, certificate, certificateLength, password};
	for(result = first(); result != nullptr; result = result->next) {
		if(result->source.isOf(bytes)) {
			++result->references;
			return Error::none;
		}
	}
	auto material = static_cast<KeyMaterial*>(Memory::allocate(sizeof(KeyMaterial), Memory::Tag::certificate));
	if(material == nullptr) {
		return Error::noMemory;
	}
	memset(material, 0, sizeof(*material));
	material->references = 1;
	Error error = decodeKey(key, keyLength, password, *material);
	if(error == Error::none) {
		error = copyChain(certificate, certificateLength, *material);
	}
	if(error == Error::none) {
		error = checkPair(*material);
	}
	if(error != Error::none) {
		release(material);
		return error;
	}
	material->source.set(bytes);
	enlist(material);
	result = material;
	return Error::none;
}

} // namespace Ssl
