#include "Side.h"
#include "../common/Expect.h"
#include "Toys.h"
#include <cstdlib>
#include <cstring>

namespace Fuzz
{
namespace
{
Side::Validator& self(const br_x509_class** context)
{
	return *reinterpret_cast<Side::Validator*>(context);
}

void startChain(const br_x509_class** context, const char*)
{
	self(context).refuses = false;
}

void startCertificate(const br_x509_class** context, uint32_t length)
{
	auto& v = self(context);
	expect(!v.inCertificate, "a certificate within another");
	v.inCertificate = true;
	v.expected = length;
	v.seen = 0;
}

void append(const br_x509_class** context, const unsigned char* data, size_t length)
{
	auto& v = self(context);
	expect(v.inCertificate, "certificate data outside of any");
	v.refuses = v.refuses || (length != 0 && memchr(data, Side::poison, length) != nullptr);
	v.seen += uint32_t(length);
}

void endCertificate(const br_x509_class** context)
{
	auto& v = self(context);
	expect(v.inCertificate && v.seen == v.expected, "a certificate is not as long as announced");
	v.inCertificate = false;
}

unsigned endChain(const br_x509_class** context)
{
	return self(context).refuses ? BR_ERR_X509_NOT_TRUSTED : 0;
}

const br_x509_pkey* getKey(const br_x509_class* const* context, unsigned* usages)
{
	*usages = BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;
	return &reinterpret_cast<const Side::Validator*>(context)->key;
}

const br_x509_class validatorClass = {
	sizeof(Side::Validator), startChain, startCertificate, append, endCertificate, endChain, getKey};

} // namespace

Side::~Side()
{
	axtls_engine_free(engine);
}

const br_x509_class** Side::getValidator(void* self, axtls_engine*)
{
	static uint8_t modulus[toyModulusLength] = {0xff}, exponent[] = {3}, point[65] = {4};
	auto& v = static_cast<Side*>(self)->validator;
	v = Validator{};
	v.vtable = &validatorClass;
	if(static_cast<Side*>(self)->peerKeyIsEc) {
		v.key.key_type = BR_KEYTYPE_EC;
		v.key.key.ec = {BR_EC_secp256r1, point, sizeof(point)};
	} else {
		v.key.key_type = BR_KEYTYPE_RSA;
		v.key.key.rsa = {modulus, sizeof(modulus), exponent, sizeof(exponent)};
	}
	return &v.vtable;
}

void Side::check()
{
	const uint8_t* data;
	if(axtls_engine_is_closed(engine)) {
		const uint8_t text[] = {'x'};
		expect(axtls_engine_write(engine, text, sizeof(text)) == 0, "plaintext taken after the end");
		const auto alert = axtls_error_alert(axtls_engine_get_error(engine));
		expect(alert == AXTLS_ALERT_NONE || axtls_engine_get_alert_sent(engine) != AXTLS_ALERT_NONE,
			   "an error without its alert");
	}
	expect(axtls_engine_wanted(engine) != 0, "the engine wants nothing");
	const size_t length = axtls_engine_peek_input(engine, &data);
	expect(length == 0 || axtls_engine_is_connected(engine), "plaintext before the handshake was done");
	axtls_engine_consume_input(engine, length);
}

/* The length says which of the ways: they have to come to the same. */
size_t Side::feedPiece(uint8_t* data, size_t length)
{
	if((length & 1) == 0) {
		return axtls_engine_feed(engine, data, length);
	}
	const size_t used = axtls_engine_feed_in_place(engine, data, length);
	if((length & 2) != 0) {
		axtls_engine_keep_input(engine);
		memset(data, 0xff, used);
	}
	return used;
}

void Side::feed(const uint8_t* data, size_t length, uint8_t cut)
{
	while(length > 0) {
		const size_t piece = cut == 0 || cut > length ? length : cut;
		// Of exactly its size, so that a sanitizer sees any reading beyond it
		auto copy = static_cast<uint8_t*>(malloc(piece));
		if(copy == nullptr) {
			return;
		}
		memcpy(copy, data, piece);
		size_t used = feedPiece(copy, piece);
		check();
		if(used == 0) {
			// Plaintext was in the way: it is gone now
			used = feedPiece(copy, piece);
			check();
		}
		free(copy);
		expect(used <= piece, "more was consumed than there was");
		data += used;
		length -= used;
		if(used == 0) {
			return; // output has to go first: the rest of the peer's data is lost, as the changes may have it
		}
	}
}

} // namespace Fuzz
