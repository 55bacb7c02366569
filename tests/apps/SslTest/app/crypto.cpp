#include "tests.h"
#include <Crypto.h>

namespace
{
DEFINE_FSTR_LOCAL(longText, "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
							"mnopqrstnopqrstu");

template <class Context> void check(const char* hashOfAbc)
{
	const String abc("abc");
	CHECK_EQ(Crypto::toString(Context().calculate(abc)), hashOfAbc);
	CHECK_EQ(Crypto::toString(Context().calculate("abc", 3)), hashOfAbc);
	CHECK_EQ(Crypto::toString(Context().calculate(Crypto::Blob(abc))), hashOfAbc);

	// In pieces, and on after a first look
	Context context;
	context.update("a", 1);
	const auto first = context.getHash();
	CHECK(first == context.getHash());
	context.update(String("bc"));
	CHECK_EQ(context.getHash().toString(), hashOfAbc);
	CHECK(context.getHash() != first);
	context.reset();
	CHECK_EQ(context.calculate(abc).toString(), hashOfAbc);

	// Flash is read in chunks
	CHECK(Context().calculate(longText) == Context().calculate(String(longText)));
}

/** RFC 2202, RFC 4231: "what do ya want for nothing?" under "Jefe". */
template <class Hmac> void checkHmac(const char* expected)
{
	const String key("Jefe");
	const String data("what do ya want for nothing?");
	CHECK_EQ(Crypto::toString(Hmac(key).calculate(data)), expected);
	Hmac hmac;
	for(unsigned i = 0; i < 2; ++i) {
		hmac.init(key).update(data.c_str(), 10).update(data.c_str() + 10, data.length() - 10);
		CHECK_EQ(hmac.getHash().toString(), expected);
	}
}

} // namespace

void testCrypto()
{
	Check::group("hashes: FIPS 180-2 appendix, RFC 1321");
	check<Crypto::Md5>("900150983cd24fb0d6963f7d28e17f72");
	check<Crypto::Sha1>("a9993e364706816aba3e25717850c26c9cd0d89d");
	check<Crypto::Sha224>("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
	check<Crypto::Sha256>("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check<Crypto::Sha384>("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
						  "8086072ba1e7cc2358baeca134c825a7");
	check<Crypto::Sha512>("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
						  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	CHECK_EQ(Crypto::Sha384().calculate(longText).toString(),
			 "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039");

	Check::group("HMAC");
	checkHmac<Crypto::HmacMd5>("750c783e6ab0b503eaa86e310a5db738");
	checkHmac<Crypto::HmacSha1>("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	checkHmac<Crypto::HmacSha224>("a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44");
	checkHmac<Crypto::HmacSha256>("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	checkHmac<Crypto::HmacSha384>("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
								  "8e2240ca5e69e2c78b3239ecfab21649");
	checkHmac<Crypto::HmacSha512>("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
								  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	// A key longer than a block is hashed first (RFC 4231 case 6)
	String longKey;
	for(unsigned i = 0; i < 131; ++i) {
		longKey += '\xaa';
	}
	CHECK_EQ(Crypto::HmacSha256(longKey)
				 .calculate(String("Test Using Larger Than Block-Size Key - Hash Key First"))
				 .toString(),
			 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");

	Check::group("byte arrays");
	const Crypto::ByteArray<4> bytes{0x00, 0x0f, 0xf0, 0xff};
	CHECK_EQ(bytes.toString(), "000ff0ff");
	CHECK_EQ(bytes.toString(':'), "00:0f:f0:ff");
	CHECK(bytes == (Crypto::ByteArray<4>{0x00, 0x0f, 0xf0, 0xff}));
	CHECK(bytes != (Crypto::ByteArray<4>{0x00, 0x0f, 0xf0, 0xfe}));
}
