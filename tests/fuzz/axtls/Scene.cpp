#include "Scene.h"
#include "../common/Expect.h"
#include <cstdlib>
#include <cstring>

namespace Fuzz
{
namespace
{
uint8_t certificateData[700];
uint8_t point[65] = {4};
br_x509_certificate chain[2] = {{certificateData, 300}, {certificateData, 700}};
br_rsa_private_key rsaKey = {8 * toyModulusLength, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, 0};
br_ec_private_key ecKey = {BR_EC_secp256r1, point, 32};
const axtls_identity identities[] = {{chain, 2, &rsaKey, nullptr}, {chain, 1, nullptr, &ecKey}};
const axtls_identity& rsaIdentity = identities[0];
const axtls_identity& ecIdentity = identities[1];
const char* const protocols[] = {"h2", "http/1.1"};
const char* const otherProtocols[] = {"mqtt", "h2"};
const uint8_t authorityName[] = {0x30, 2, 0x31, 0};
const axtls_name authorityNames[] = {{authorityName, sizeof(authorityName)}, {certificateData, 90}};

size_t held; // bytes
unsigned untilFailure;
bool ciphersAreReal;

constexpr uint8_t fresh = 0xA5; // what new memory is filled with
constexpr size_t recordHeader = 5;
constexpr size_t sample = 16;

/** True if there is nothing in it. */
bool isBlank(const uint8_t* bytes, size_t size)
{
	return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

bool hasPlaintext(const uint8_t* bytes, size_t size)
{
	size_t run = 0;
	for(size_t i = 0; i < size && run < sample; ++i) {
		run = bytes[i] == Scene::plaintext ? run + 1 : 0;
	}
	return run == sample;
}

/** True for finished records of ours, as anybody sees them on their way, and nothing behind them. */
bool isOutput(const uint8_t* bytes, size_t size)
{
	constexpr uint8_t firstType = 20, applicationData = 23, version = 3;
	size_t at = 0;
	while(size - at >= recordHeader && bytes[at] >= firstType && bytes[at] <= applicationData &&
		  bytes[at + 1] == version) {
		const size_t length = recordHeader + size_t(bytes[at + 3] << 8 | bytes[at + 4]);
		if(length > size - at ||
		   (ciphersAreReal && bytes[at] == applicationData && hasPlaintext(bytes + at, length))) {
			return false;
		}
		at += length;
	}
	while(at < size && (bytes[at] == 0 || bytes[at] == fresh)) {
		++at;
	}
	return at == size;
}

void* allocate(void*, size_t size, axtls_memory_tag)
{
	if(untilFailure != 0 && --untilFailure == 0) {
		return nullptr;
	}
	auto block = malloc(size);
	if(block != nullptr) {
		held += size;
		memset(block, fresh, size);
	}
	return block;
}

void release(void*, void* block, size_t size, axtls_memory_tag tag)
{
	auto bytes = static_cast<const uint8_t*>(block);
	const bool mayStay = tag == AXTLS_MEMORY_CACHE || (tag == AXTLS_MEMORY_RECORD_BUFFER && isOutput(bytes, size));
	expect(mayStay || isBlank(bytes, size), "memory was not wiped");
	expect(size <= held, "more is given back than was taken");
	held -= size;
	free(block);
}

const axtls_memory memory = {allocate, release, nullptr};

uint32_t getTime(void*)
{
	return 1000;
}

bool takeServerName(void*, axtls_engine* engine, const char* name, size_t length)
{
	if(length > 0 && name[0] == 'r') {
		axtls_engine_set_identities(engine, &rsaIdentity, 1);
	}
	return length == 0 || name[0] != 'x';
}

bool wantsEcKey(uint16_t suite)
{
	switch(suite) {
	case BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA:
	case BR_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA:
	case BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256:
	case BR_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384:
	case BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:
	case BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:
	case BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:
		return true;
	default:
		return false;
	}
}

} // namespace

Scene::Scene(const uint8_t* header)
	: crypto(*axtls_crypto_full()), cut(header[1]), failAllocation(header[5]),
	  flags(uint16_t(header[2] | header[3] << 8))
{
	static const uint16_t inputFragments[] = {16384, 512, 700, 4096}, outputFragments[] = {300, 64, 1024, 16384};
	const auto has = [this](Flag flag) { return (flags & flag) != 0; };
	serverRandom.init(header[0] & ~rawBit);
	clientRandom.init(~uint32_t(header[0] & ~rawBit));
	useToys(crypto, !has(realCipher));
	ciphersAreReal = has(realCipher);
	curves = *crypto.ec;
	curves.supported_curves &= ~(uint32_t(has(withoutCurve25519)) << BR_EC_curve25519);
	curves.supported_curves &= ~(uint32_t(has(withoutCurveP256)) << BR_EC_secp256r1);
	crypto.ec = &curves;
	if(has(withoutSha384)) {
		crypto.sha384 = nullptr;
		crypto.prf_sha384 = nullptr;
	}
	axtls_cache_init(&cache_, &memory, 2, 100);
	axtls_ticket_keys_init(&ticketKeys, 100);

	axtls_settings_init(&server);
	server.crypto = &crypto;
	server.memory = &memory;
	server.random = &serverRandom.vtable;
	server.time = has(withoutTime) ? nullptr : getTime;
	server.get_validator = Side::getValidator;
	server.protocols = protocols;
	server.protocol_count = 2;
	const size_t suite = (header[0] & 31) % axtls_suites_full_count;
	server.suites = axtls_suites_full + suite;
	server.suite_count = size_t(1) << 2 * (header[4] >> 6);
	if(server.suite_count > axtls_suites_full_count - suite) {
		server.suite_count = axtls_suites_full_count - suite;
	}
	server.output_fragment = outputFragments[header[4] >> 4 & 3];
	server.output_batch = 4096; // for several records, but none of the largest
	client = server;
	client.random = &clientRandom.vtable;

	server.identities = identities;
	server.identity_count = 2;
	if(has(serverKeyOther)) {
		server.identities = wantsEcKey(*server.suites) ? &rsaIdentity : &ecIdentity;
		server.identity_count = 1;
	}
	server.cache = has(cache) ? &cache_ : nullptr;
	server.ticket_keys = has(tickets) ? &ticketKeys : nullptr;
	server.client_auth = has(requireClient) ? AXTLS_CLIENT_AUTH_REQUIRE
						 : has(askClient)	? AXTLS_CLIENT_AUTH_REQUEST
											: AXTLS_CLIENT_AUTH_NONE;
	if(has(authorities)) {
		server.authorities = authorityNames;
		server.authority_count = 2;
	}
	server.server_name = has(namedServer) ? takeServerName : nullptr;
	server.input_fragment = inputFragments[header[4] & 3];

	client.input_fragment = inputFragments[header[4] >> 2 & 3];
	client.allow_legacy_server = has(allowLegacyServer);
	if(has(protocolsDiffer)) {
		client.protocols = otherProtocols;
	}
	if(has(clientIdentity)) {
		client.identities = has(clientIdentityIsEc) ? &ecIdentity : &rsaIdentity;
		client.identity_count = 1;
	}
}

Scene::~Scene()
{
	Fuzz::failAllocation(0);
	axtls_cache_free(&cache_);
	axtls_ticket_keys_wipe(&ticketKeys);
}

bool Scene::serverKeyIsEc() const
{
	return wantsEcKey(*server.suites) != ((flags & serverKeyOther) != 0);
}

size_t heldBytes()
{
	return held;
}

void failAllocation(unsigned n)
{
	untilFailure = n;
}

} // namespace Fuzz
