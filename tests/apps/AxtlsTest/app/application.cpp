/* The engine of components/axtls in an application: built by the project's own flags, its memory from core's allocator. */
#include <SmingCore.h>
#include <axtls/engine.h>
#include <check.h>
#include <ssl.h>

namespace
{
constexpr Memory::Tag tags[] = {Memory::Tag::handshake, Memory::Tag::recordBuffer, Memory::Tag::session,
								Memory::Tag::sessionCache, Memory::Tag::certificate};

/** Memory for records is not to be had in blocks of so many bytes and more; 0: it is. An alert needs less than 100. */
size_t refusedFrom;

void* allocate(void*, size_t size, axtls_memory_tag tag)
{
	if(refusedFrom != 0 && tag == AXTLS_MEMORY_RECORD_BUFFER && size >= refusedFrom) {
		return nullptr;
	}
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

/** Memory of the engine's for records that come in. */
size_t recordMemory()
{
	return Memory::statistics(Memory::Tag::recordBuffer).current;
}

/** What all plaintext in records consists of. */
constexpr uint8_t letter = 'p';

/** Let one end write so much, and take the record that comes of it. @return its length */
size_t makeRecord(axtls_engine* from, size_t length, uint8_t* record)
{
	static uint8_t text[3000];
	const uint8_t* data;
	memset(text, letter, sizeof(text));
	CHECK_EQ(axtls_engine_write(from, text, length), length);
	axtls_engine_flush(from);
	const size_t size = axtls_engine_peek_output(from, &data);
	memcpy(record, data, size);
	axtls_engine_consume_output(from, size);
	return size;
}

bool consistsOf(uint8_t value, const uint8_t* data, size_t length)
{
	while(length > 0 && data[length - 1] == value) {
		--length;
	}
	return length == 0;
}

void testInPlace(axtls_engine* from, axtls_engine* to)
{
	static uint8_t record[4200];
	const uint8_t* data;

	// Opened where it lies, in two steps as well as in one, and wiped when it was used
	for(size_t first : {size_t(0), size_t(3), size_t(5)}) {
		const size_t size = makeRecord(from, 100, record);
		CHECK_EQ(axtls_engine_feed_in_place(to, record, first), first);
		CHECK_EQ(axtls_engine_feed_in_place(to, record + first, size - first), size - first);
		CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(100));
		CHECK(data >= record && data + 100 <= record + size && consistsOf(letter, data, 100));
		CHECK_EQ(recordMemory(), size_t(0));
		axtls_engine_consume_input(to, 40);
		CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(60));
		axtls_engine_consume_input(to, 60);
		CHECK(consistsOf(0, record + 5, size - 5));
	}

	// Two at once: the second waits until the first was used, untouched
	size_t size = makeRecord(from, 100, record);
	const size_t both = size + makeRecord(from, 200, record + size);
	CHECK_EQ(axtls_engine_feed_in_place(to, record, both), size);
	axtls_engine_consume_input(to, 100);
	CHECK_EQ(axtls_engine_feed_in_place(to, record + size, both - size), both - size);
	CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(200));
	axtls_engine_consume_input(to, 200);

	// What the application leaves is moved
	size = makeRecord(from, 100, record);
	axtls_engine_feed_in_place(to, record, size);
	axtls_engine_consume_input(to, 30);
	axtls_engine_keep_input(to);
	CHECK(consistsOf(0, record + 5, size - 5));
	CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(70));
	CHECK((data < record || data >= record + sizeof(record)) && consistsOf(letter, data, 70));
	CHECK(recordMemory() >= 70);
	axtls_engine_keep_input(to);
	axtls_engine_consume_input(to, 70);
	CHECK_EQ(recordMemory(), size_t(0));
	axtls_engine_keep_input(to);

	// Not there as a whole: a buffer of its own, which is kept for more of the kind while more comes
	size = makeRecord(from, 100, record);
	axtls_engine_feed_in_place(to, record, size - 1);
	CHECK(recordMemory() >= 100);
	axtls_engine_feed_in_place(to, record + size - 1, 1);
	CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(100));
	axtls_engine_consume_input(to, 100);
	CHECK_EQ(recordMemory(), size_t(0));
	size_t rest = makeRecord(from, 1000, record);
	const size_t second = rest + makeRecord(from, 100, record + rest);
	const size_t third = second + makeRecord(from, 1100, record + second);
	axtls_engine_feed_in_place(to, record, 10);
	CHECK_EQ(axtls_engine_feed_in_place(to, record + 10, third - 10), rest - 10);
	axtls_engine_consume_input(to, 1000);
	CHECK(recordMemory() >= 1000);
	CHECK_EQ(axtls_engine_feed_in_place(to, record + rest, third - rest), second - rest);
	CHECK(axtls_engine_peek_input(to, &data) == 100 && data > record && data < record + sizeof(record));
	CHECK(consistsOf(letter, data, 100));
	axtls_engine_consume_input(to, 100);
	CHECK(recordMemory() >= 1000);
	CHECK_EQ(axtls_engine_feed_in_place(to, record + second, third - second), third - second);
	CHECK(axtls_engine_peek_input(to, &data) == 1100 && consistsOf(letter, data, 1100));
	axtls_engine_consume_input(to, 1100);
	CHECK_EQ(recordMemory(), size_t(0));

	// A long one is left to the owner
	size = makeRecord(from, 3000, record);
	CHECK_EQ(axtls_engine_feed_in_place(to, record, size), size);
	CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(3000));
	axtls_engine_consume_input(to, 3000);
	CHECK_EQ(recordMemory(), size_t(0));
	CHECK(consistsOf(letter, data, 3000));
}

/** The last record of a connection: there is no memory to keep its plaintext. */
void testKeepWithoutMemory(axtls_engine* from, axtls_engine* to)
{
	static uint8_t record[200];
	const uint8_t* data;
	const size_t size = makeRecord(from, 100, record);
	axtls_engine_feed_in_place(to, record, size);
	refusedFrom = 100;
	axtls_engine_keep_input(to);
	refusedFrom = 0;
	CHECK(consistsOf(0, record + 5, size - 5));
	CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(0));
	CHECK(axtls_engine_is_closed(to));
	CHECK_EQ(int(axtls_engine_get_error(to)), int(AXTLS_ERROR_MEMORY));
	CHECK_EQ(axtls_engine_get_alert_sent(to), int(AXTLS_ALERT_INTERNAL_ERROR));
}

/**
 * A callback that was given plaintext closes or answers, and there is no memory for that: the connection is over, but what
 * the callback still has in its hands stays where it is.
 */
void testFailInHands(axtls_engine* from, axtls_engine* to, bool isBorrowed, bool closes)
{
	static uint8_t record[200];
	const uint8_t* data;
	const uint8_t* none;
	const size_t size = makeRecord(from, 100, record);
	if(isBorrowed) {
		axtls_engine_feed_in_place(to, record, size);
	} else {
		axtls_engine_feed(to, record, size);
	}
	CHECK_EQ(axtls_engine_peek_input(to, &data), size_t(100));
	refusedFrom = 1;
	if(closes) {
		axtls_engine_close(to);
	} else {
		CHECK_EQ(axtls_engine_write(to, data, 100), size_t(0));
	}
	refusedFrom = 0;
	CHECK_EQ(int(axtls_engine_get_error(to)), int(AXTLS_ERROR_MEMORY));
	CHECK(axtls_engine_is_closed(to));
	CHECK(consistsOf(letter, data, 100));
	CHECK_EQ(axtls_engine_peek_input(to, &none), size_t(0));
	axtls_engine_keep_input(to);
	CHECK(!isBorrowed || consistsOf(0, record + 5, size - 5));
}

/** How a connection ends. */
enum class End { inOrder, keeping, closing, closingInPlace, writing, writingInPlace };

void testHandshake(uint16_t suite, End end = End::inOrder)
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
	testInPlace(client, server);
	testInPlace(server, client);
	if(end == End::keeping) {
		testKeepWithoutMemory(client, server);
	} else if(end != End::inOrder) {
		testFailInHands(client, server, end == End::closingInPlace || end == End::writingInPlace,
						end == End::closing || end == End::closingInPlace);
	} else {
		axtls_engine_close(client);
		while(pass(client, server) | pass(server, client)) {
		}
		CHECK_EQ(int(axtls_engine_get_error(client)), int(AXTLS_ERROR_NONE));
		CHECK(axtls_engine_is_closed(client) && axtls_engine_is_closed(server));
	}
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
	for(End end : {End::keeping, End::closing, End::closingInPlace, End::writing, End::writingInPlace}) {
		testHandshake(0xC02B, end);
	}
	CHECK_EQ(ssl_get_config(SSL_BUILD_MODE), SSL_BUILD_FULL_MODE);
	SSL_CTX* context = ssl_ctx_new(0, 1);
	CHECK(context != nullptr);
	ssl_ctx_free(context);
	Check::finish();
}
