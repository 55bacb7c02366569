/* The engine of components/axtls in an application: built by the project's own flags, its memory from core's allocator. */
#include <SmingCore.h>
#include <axtls/engine.h>
#include <check.h>
#include <ssl.h>

namespace
{
constexpr Memory::Tag tags[] = {Memory::Tag::handshake, Memory::Tag::recordBuffer, Memory::Tag::session,
								Memory::Tag::sessionCache, Memory::Tag::certificate};

void* allocate(void*, size_t size, axtls_memory_tag tag)
{
	return Memory::allocate(size, tags[tag]);
}

void release(void*, void* block, size_t, axtls_memory_tag)
{
	Memory::release(block);
}

const axtls_memory memory = {allocate, release, nullptr};

br_x509_knownkey_context knownKey;

const br_x509_class** getValidator(void*, axtls_engine*)
{
	return &knownKey.vtable;
}

/** Pass what waits from one to the other. */
bool pass(axtls_engine* from, axtls_engine* to)
{
	bool moved = false;
	const uint8_t* data;
	while(size_t length = axtls_engine_peek_output(from, &data)) {
		axtls_engine_feed(to, data, length);
		axtls_engine_consume_output(from, length);
		moved = true;
	}
	return moved;
}

void testHandshake(uint16_t suite)
{
	// Any number will do as a private key; what is in the certificate is nobody's matter here
	static uint8_t secret[32] = {1, 2, 3};
	static uint8_t certificate[100];
	uint8_t point[BR_EC_KBUF_PUB_MAX_SIZE];
	br_ec_private_key key = {BR_EC_secp256r1, secret, sizeof(secret)};
	br_ec_public_key publicKey = {};
	br_ec_compute_pub(br_ec_get_default(), &publicKey, point, &key);
	br_x509_knownkey_init_ec(&knownKey, &publicKey, BR_KEYTYPE_SIGN);
	br_x509_certificate chain = {certificate, sizeof(certificate)};
	axtls_identity identity = {&chain, 1, nullptr, &key};

	br_hmac_drbg_context random;
	br_hmac_drbg_init(&random, &br_sha256_vtable, "seed", 4);
	axtls_settings settings;
	axtls_settings_init(&settings);
	settings.memory = &memory;
	settings.random = &random.vtable;
	settings.suites = &suite;
	settings.suite_count = 1;
	settings.identities = &identity;
	settings.identity_count = 1;
	settings.get_validator = getValidator;

	auto before = Memory::statistics().current;
	auto client = axtls_client_new(&settings, nullptr, "server.example", nullptr, nullptr, 0);
	auto server = axtls_server_new(&settings, nullptr);
	CHECK(client != nullptr && server != nullptr);
	while(pass(client, server) | pass(server, client)) {
	}
	CHECK(axtls_engine_is_connected(client) && axtls_engine_is_connected(server));
	CHECK_EQ(axtls_engine_get_suite(client), suite);
	CHECK_EQ(Memory::statistics(Memory::Tag::handshake).current, size_t(0));
	CHECK_EQ(Memory::statistics(Memory::Tag::recordBuffer).current, size_t(0));
	CHECK(Memory::statistics(Memory::Tag::session).current > 0);

	const uint8_t text[] = "hello";
	CHECK_EQ(axtls_engine_write(client, text, sizeof(text)), sizeof(text));
	axtls_engine_flush(client);
	pass(client, server);
	const uint8_t* data;
	CHECK_EQ(axtls_engine_peek_input(server, &data), sizeof(text));
	CHECK(memcmp(data, text, sizeof(text)) == 0);
	axtls_engine_consume_input(server, sizeof(text));
	axtls_engine_close(client);
	while(pass(client, server) | pass(server, client)) {
	}
	CHECK(axtls_engine_is_closed(client) && axtls_engine_is_closed(server));
	CHECK_EQ(int(axtls_engine_get_error(client)), int(AXTLS_ERROR_NONE));
	axtls_engine_free(client);
	axtls_engine_free(server);
	CHECK_EQ(Memory::statistics().current, before);
}
} // namespace

void init()
{
	testHandshake(0xCCA9);
	testHandshake(0xC02B);
	testHandshake(0xC023);
	CHECK_EQ(ssl_get_config(SSL_BUILD_MODE), SSL_BUILD_FULL_MODE);
	SSL_CTX* context = ssl_ctx_new(0, 1);
	CHECK(context != nullptr);
	ssl_ctx_free(context);
	Check::finish();
}
