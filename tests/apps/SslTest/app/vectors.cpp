/* Published test vectors: RFC 1321 §A.5, FIPS 180-4 examples (with the empty message and a million "a"), RFC 2202,
 * RFC 4231, RFC 7693. */
#include "tests.h"
#include <Crypto.h>
#include <algorithm>

namespace
{
/** A text, so many times over. */
struct Repeated {
	const char* text;
	unsigned times;

	/** Feed it to a hash in one call per repetition. */
	template <class Context> void feed(Context& context) const
	{
		for(unsigned i = 0; i < times; ++i) {
			context.update(text, strlen(text));
		}
	}

	String toString() const
	{
		String s("", 0);
		for(unsigned i = 0; i < times; ++i) {
			s += text;
		}
		return s;
	}
};

struct HashVector {
	const char* text;
	unsigned times;
	const char* hash;
};

struct HmacVector {
	Repeated key;
	Repeated data;
	const char* code;
};

const char countingKey[] = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
						   "\x11\x12\x13\x14\x15\x16\x17\x18\x19";

template <class Context, size_t count> void checkAll(const HashVector (&vectors)[count])
{
	for(auto& vector : vectors) {
		Context context;
		Repeated{vector.text, vector.times}.feed(context);
		CHECK_EQ(context.getHash().toString(), vector.hash);
	}
}

template <class Hmac, size_t count> void checkAll(const HmacVector (&vectors)[count])
{
	for(auto& vector : vectors) {
		const String key = vector.key.toString();
		CHECK_EQ(Hmac(key).calculate(vector.data.toString()).toString(), vector.code);
		Hmac inPieces(key);
		vector.data.feed(inPieces);
		CHECK_EQ(inPieces.getHash().toString(), vector.code);
	}
}

/** However a message is cut, also at the edges of blocks, the hash is the same. */
template <class Context> void checkCuts()
{
	uint8_t message[300];
	for(size_t i = 0; i < sizeof(message); ++i) {
		message[i] = uint8_t(i * 7);
	}
	for(size_t length : {0, 55, 56, 63, 64, 65, 111, 112, 119, 127, 128, 129, 300}) {
		const auto whole = Context().calculate(message, length);
		bool same = true;
		for(size_t step : {1, 3, 64, 100, 128}) {
			Context context;
			for(size_t i = 0; i < length; i += step) {
				context.update(message + i, std::min(step, length - i));
			}
			same = same && context.getHash() == whole;
		}
		CHECK(same);
	}
}

void testHashVectors()
{
	static const HashVector md5[] = {
		{"", 1, "d41d8cd98f00b204e9800998ecf8427e"},
		{"a", 1, "0cc175b9c0f1b6a831c399e269772661"},
		{"abc", 1, "900150983cd24fb0d6963f7d28e17f72"},
		{"message digest", 1, "f96b697d7cb7938d525a2f31aaf161d0"},
		{"abcdefghijklmnopqrstuvwxyz", 1, "c3fcd3d76192e4007dfb496cca67e13b"},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 1, "d174ab98d277d9f5a5611c2c9f419d9f"},
		{"12345678901234567890123456789012345678901234567890123456789012345678901234567890", 1, "57edf4a22be3c955ac49da2e2107b67a"},
	};
	checkAll<Crypto::Md5>(md5);

	static const HashVector sha1[] = {
		{"", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
		{"aaaaaaaaaa", 100000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
	};
	checkAll<Crypto::Sha1>(sha1);

	static const HashVector sha224[] = {
		{"", 1, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
		{"abc", 1, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"},
		{"aaaaaaaaaa", 100000, "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67"},
	};
	checkAll<Crypto::Sha224>(sha224);

	static const HashVector sha256[] = {
		{"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
		{"aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
	};
	checkAll<Crypto::Sha256>(sha256);

	static const HashVector sha384[] = {
		{"", 1, "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"},
		{"abc", 1, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1, "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039"},
		{"aaaaaaaaaa", 100000, "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985"},
	};
	checkAll<Crypto::Sha384>(sha384);

	static const HashVector sha512[] = {
		{"", 1, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f"
		 "63b931bd47417a81a538327af927da3e"},
		{"abc", 1, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
		 "454d4423643ce80e2a9ac94fa54ca49f"},
		{"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433a"
		 "c7d329eeb6dd26545e96e55b874be909"},
		{"aaaaaaaaaa", 100000, "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31b"
		 "eb009c5c2c49aa2e4eadb217ad8cc09b"},
	};
	checkAll<Crypto::Sha512>(sha512);
}

void testHmacVectors()
{
	static const HmacVector md5[] = {
		{{"\x0b", 16},
		 {"Hi There", 1},
		 "9294727a3638bb1c13f48ef8158bfc9d"},
		{{"Jefe", 1},
		 {"what do ya want for nothing?", 1},
		 "750c783e6ab0b503eaa86e310a5db738"},
		{{"\xaa", 16},
		 {"\xdd", 50},
		 "56be34521d144c88dbb8c733f0e8b3f6"},
		{{countingKey, 1},
		 {"\xcd", 50},
		 "697eaf0aca3a3aea3a75164746ffaa79"},
		{{"\x0c", 16},
		 {"Test With Truncation", 1},
		 "56461ef2342edc00f9bab995690efd4c"},
		{{"\xaa", 80},
		 {"Test Using Larger Than Block-Size Key - Hash Key First", 1},
		 "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
		{{"\xaa", 80},
		 {"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 1},
		 "6f630fad67cda0ee1fb1f562db3aa53e"},
	};
	checkAll<Crypto::HmacMd5>(md5);

	static const HmacVector sha1[] = {
		{{"\x0b", 20},
		 {"Hi There", 1},
		 "b617318655057264e28bc0b6fb378c8ef146be00"},
		{{"Jefe", 1},
		 {"what do ya want for nothing?", 1},
		 "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
		{{"\xaa", 20},
		 {"\xdd", 50},
		 "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
		{{countingKey, 1},
		 {"\xcd", 50},
		 "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
		{{"\x0c", 20},
		 {"Test With Truncation", 1},
		 "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
		{{"\xaa", 80},
		 {"Test Using Larger Than Block-Size Key - Hash Key First", 1},
		 "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
		{{"\xaa", 80},
		 {"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 1},
		 "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
	};
	checkAll<Crypto::HmacSha1>(sha1);

	static const HmacVector sha224[] = {
		{{"\x0b", 20},
		 {"Hi There", 1},
		 "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22"},
		{{"Jefe", 1},
		 {"what do ya want for nothing?", 1},
		 "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"},
		{{"\xaa", 20},
		 {"\xdd", 50},
		 "7fb3cb3588c6c1f6ffa9694d7d6ad2649365b0c1f65d69d1ec8333ea"},
		{{countingKey, 1},
		 {"\xcd", 50},
		 "6c11506874013cac6a2abc1bb382627cec6a90d86efc012de7afec5a"},
		{{"\xaa", 131},
		 {"Test Using Larger Than Block-Size Key - Hash Key First", 1},
		 "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e"},
		{{"\xaa", 131},
		 {"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.", 1},
		 "3a854166ac5d9f023f54d517d0b39dbd946770db9c2b95c9f6f565d1"},
	};
	checkAll<Crypto::HmacSha224>(sha224);

	static const HmacVector sha256[] = {
		{{"\x0b", 20},
		 {"Hi There", 1},
		 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{{"Jefe", 1},
		 {"what do ya want for nothing?", 1},
		 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{{"\xaa", 20},
		 {"\xdd", 50},
		 "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
		{{countingKey, 1},
		 {"\xcd", 50},
		 "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
		{{"\xaa", 131},
		 {"Test Using Larger Than Block-Size Key - Hash Key First", 1},
		 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
		{{"\xaa", 131},
		 {"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.", 1},
		 "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
	};
	checkAll<Crypto::HmacSha256>(sha256);

	static const HmacVector sha384[] = {
		{{"\x0b", 20},
		 {"Hi There", 1},
		 "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"},
		{{"Jefe", 1},
		 {"what do ya want for nothing?", 1},
		 "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
		{{"\xaa", 20},
		 {"\xdd", 50},
		 "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27"},
		{{countingKey, 1},
		 {"\xcd", 50},
		 "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb"},
		{{"\xaa", 131},
		 {"Test Using Larger Than Block-Size Key - Hash Key First", 1},
		 "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952"},
		{{"\xaa", 131},
		 {"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.", 1},
		 "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e"},
	};
	checkAll<Crypto::HmacSha384>(sha384);

	static const HmacVector sha512[] = {
		{{"\x0b", 20},
		 {"Hi There", 1},
		 "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
		 "be9d914eeb61f1702e696c203a126854"},
		{{"Jefe", 1},
		 {"what do ya want for nothing?", 1},
		 "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
		 "caeab1a34d4a6b4b636e070a38bce737"},
		{{"\xaa", 20},
		 {"\xdd", 50},
		 "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807"
		 "b946a337bee8942674278859e13292fb"},
		{{countingKey, 1},
		 {"\xcd", 50},
		 "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063"
		 "a5f19741120c4f2de2adebeb10a298dd"},
		{{"\xaa", 131},
		 {"Test Using Larger Than Block-Size Key - Hash Key First", 1},
		 "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e52"
		 "95e64f73f63f0aec8b915a985d786598"},
		{{"\xaa", 131},
		 {"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.", 1},
		 "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15"
		 "134676fb6de0446065c97440fa8c6a58"},
	};
	checkAll<Crypto::HmacSha512>(sha512);
}

/** Data of RFC 7693 appendix E. */
void fillSequence(uint8_t* out, size_t length, uint32_t seed)
{
	uint32_t a = 0xDEAD4BAD * seed;
	uint32_t b = 1;
	for(size_t i = 0; i < length; ++i) {
		const uint32_t t = a + b;
		a = b;
		b = t;
		out[i] = uint8_t(t >> 24);
	}
}

template <class Context> void selfTest(Crypto::Blake2s256& all)
{
	for(size_t length : {0, 3, 64, 65, 255, 1024}) {
		uint8_t data[1024];
		uint8_t key[Context::Hash::size()];
		fillSequence(data, length, uint32_t(length));
		fillSequence(key, sizeof(key), sizeof(key));
		all.update(Context().calculate(data, length));
		all.update(Context(Crypto::Secret(key, sizeof(key))).calculate(data, length));
	}
}

/** RFC 7693: appendices B and E; and one of the designers' known answers with a key, which must fill a block. */
void testBlake2s()
{
	CHECK_EQ(Crypto::Blake2s256().calculate(String("abc")).toString(),
			 "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
	Crypto::Blake2s256 all;
	selfTest<Crypto::Blake2s128>(all);
	selfTest<Crypto::Blake2s160>(all);
	selfTest<Crypto::Blake2s224>(all);
	selfTest<Crypto::Blake2s256>(all);
	CHECK_EQ(all.getHash().toString(), "6a411f08ce25adcdfb02aba641451cec53c598b24f4fc787fbdc88797f4c1dfe");
	uint8_t key[40];
	for(size_t i = 0; i < sizeof(key); ++i) {
		key[i] = uint8_t(i);
	}
	const char* expected = "48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49";
	CHECK_EQ(Crypto::Blake2s256(Crypto::Secret(key, 32)).calculate("", 0).toString(), expected);
	CHECK_EQ(Crypto::Blake2s256(Crypto::Secret(key, 40)).calculate("", 0).toString(), expected);
}

} // namespace

void testVectors()
{
	Check::group("published vectors: hashes");
	testHashVectors();
	Check::group("published vectors: HMAC");
	testHmacVectors();
	Check::group("messages in pieces");
	checkCuts<Crypto::Md5>();
	checkCuts<Crypto::Sha1>();
	checkCuts<Crypto::Sha224>();
	checkCuts<Crypto::Sha256>();
	checkCuts<Crypto::Sha384>();
	checkCuts<Crypto::Sha512>();
	checkCuts<Crypto::Blake2s256>();
	Check::group("published vectors: BLAKE2s");
	testBlake2s();
}
