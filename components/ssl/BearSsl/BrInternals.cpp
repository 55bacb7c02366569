#include "BrInternals.h"
#include <Memory.h>
#include <algorithm>
#include <cstring>

namespace Ssl
{
namespace BrInternals
{
namespace
{
constexpr uint8_t alertType = 21;
constexpr uint8_t levelFatal = 2;
} // namespace

/*
 * The registers of the record layer, as ssl_engine.c describes them:
 *   input:  ixa == ixb: waiting for ixc more bytes, ixa is 0 before a header. ixa < ixb: plaintext to be read
 *   output: oxc <= oxa < oxb: collecting plaintext from oxc on. oxa == oxb != oxc: record to be sent up to oxc
 */
#if UINTPTR_MAX > 0xFFFFFFFF
static_assert(sizeof(br_ssl_client_context) == 3720 && sizeof(br_ssl_server_context) == 4128,
			  "not the BearSSL 0.6 that this file was written for");
#else
// 3376/3744 where 64-bit integers are aligned to 4 bytes (i386), 3408/3776 elsewhere
static_assert((sizeof(br_ssl_client_context) == 3376 && sizeof(br_ssl_server_context) == 3744) ||
				  (sizeof(br_ssl_client_context) == 3408 && sizeof(br_ssl_server_context) == 3776),
			  "not the BearSSL 0.6 that this file was written for");
#endif

void seed(br_ssl_engine_context& engine, const uint8_t (&seed)[seedSize])
{
	auto& rng = engine.rng;
	static_assert(seedSize == 2 * br_sha256_SIZE && sizeof(rng.K) >= br_sha256_SIZE && sizeof(rng.V) >= br_sha256_SIZE,
				  "the state of HMAC_DRBG");
	rng.vtable = &br_hmac_drbg_vtable;
	rng.digest_class = &br_sha256_vtable;
	memcpy(rng.K, seed, br_sha256_SIZE);
	memcpy(rng.V, seed + br_sha256_SIZE, br_sha256_SIZE);
	engine.rng_os_rand_done = 1;
	engine.rng_init_done = 2; // set up, and seeded
}

void setFragment(br_ssl_engine_context& engine, size_t maxLength, unsigned code)
{
	engine.max_frag_len = uint16_t(maxLength);
	engine.log_max_frag_len = (code == 0) ? 14 : uint8_t(8 + code); // 14 is the engine's "do not ask"
}

bool isApplicationData(const br_ssl_engine_context& engine)
{
	return (engine.application_data & 1) != 0;
}

bool isInputEncrypted(const br_ssl_engine_context& engine)
{
	return engine.incrypt != 0;
}

bool isDecryptable(const br_ssl_engine_context& engine, size_t recordLength)
{
	if(engine.incrypt == 0 || engine.in.vtable != &br_sslrec_in_cbc_vtable.inner) {
		return true;
	}
	return recordLength % engine.in.cbc.bc.vtable->block_size == 0;
}

bool isInputEmpty(const br_ssl_engine_context& engine)
{
	return engine.ixa == 0 && engine.ixb == 0 && engine.ixc == recordHeader;
}

void exchangeInput(br_ssl_engine_context& engine, uint8_t* buffer, size_t size)
{
	engine.ibuf = buffer;
	engine.ibuf_len = size;
}

bool isOutputEmpty(const br_ssl_engine_context& engine)
{
	return engine.oxa == engine.oxc && engine.oxa < engine.oxb;
}

void exchangeOutput(br_ssl_engine_context& engine, uint8_t* buffer, size_t size)
{
	engine.obuf = buffer;
	engine.obuf_len = size;
	size_t start = recordHeader;
	size_t end = size - recordHeader;
	engine.out.vtable->max_plaintext(&engine.out.vtable, &start, &end);
	engine.oxa = engine.oxc = start;
	engine.oxb = std::min(end, start + engine.max_frag_len);
}

size_t getPendingOutput(const br_ssl_engine_context& engine, const uint8_t*& data)
{
	if(engine.oxa != engine.oxb || engine.oxa >= engine.oxc) {
		return 0;
	}
	data = engine.obuf + engine.oxa;
	return engine.oxc - engine.oxa;
}

void setFirstVersion(br_ssl_engine_context& engine)
{
	engine.version_out = BR_TLS12;
}

void usePeerVersion(br_ssl_engine_context& engine, bool isServer)
{
	// A ClientHello names the version in itself; its record may have an older one (RFC 5246 appendix E.1)
	auto& server = reinterpret_cast<br_ssl_server_context&>(engine);
	const unsigned peers = isServer ? server.client_max_version : engine.version_in;
	const unsigned version = (peers >= BR_TLS10 && peers < BR_TLS12) ? peers : BR_TLS12;
	engine.version_out = uint16_t(version);
	if(getOwnAlert(engine) >= 0) {
		// BearSSL's server made this record before it chose a version
		engine.obuf[engine.oxa + 1] = uint8_t(version >> 8);
		engine.obuf[engine.oxa + 2] = uint8_t(version);
	}
}

size_t makeRecord(br_ssl_engine_context& engine, uint8_t type, const uint8_t* payload, size_t length, uint8_t* buffer,
				  size_t size, uint8_t*& record)
{
	size_t start = recordHeader;
	size_t end = size - recordHeader;
	engine.out.vtable->max_plaintext(&engine.out.vtable, &start, &end);
	memcpy(buffer + start, payload, length);
	// The engine has no version at all if its start has failed
	const unsigned version = (engine.version_out == 0) ? BR_TLS12 : engine.version_out;
	record = static_cast<uint8_t*>(
		engine.out.vtable->encrypt(&engine.out.vtable, type, version, buffer + start, &length));
	return length;
}

bool isAlertSent(const br_ssl_engine_context& engine)
{
	return engine.record_type_out == alertType;
}

int getOwnAlert(const br_ssl_engine_context& engine)
{
	const uint8_t* record = nullptr;
	const size_t length = getPendingOutput(engine, record);
	const bool isFatal = length == recordHeader + 2 && record[0] == alertType && record[recordHeader] == levelFatal;
	return isFatal ? record[recordHeader + 1] : -1;
}

void wipeHandshake(br_ssl_engine_context& engine)
{
	Memory::wipe(engine.pad, sizeof(engine.pad));
	Memory::wipe(engine.ecdhe_point, sizeof(engine.ecdhe_point));
}

namespace
{
/** The rest of a message; a length that does not fit makes it bad. */
struct Reader {
	const uint8_t* data;
	size_t length;
	bool good = true;

	/** Take a vector with a length of 1 or 2 bytes. */
	Reader take(size_t lengthBytes)
	{
		const size_t size = takeNumber(lengthBytes);
		Reader part{data, good && size <= length ? size : 0};
		good = good && size <= length;
		if(good) {
			data += size;
			length -= size;
		}
		part.good = good;
		return part;
	}

	size_t takeNumber(size_t bytes)
	{
		good = good && bytes <= length;
		size_t value = 0;
		for(size_t i = 0; good && i < bytes; ++i) {
			value = value << 8 | *data++;
			--length;
		}
		return value;
	}
};

bool isKnownProtocol(const br_ssl_engine_context& engine, const Reader& name)
{
	for(size_t i = 0; i < engine.protocol_names_num; ++i) {
		const char* own = engine.protocol_names[i];
		if(strlen(own) == name.length && memcmp(own, name.data, name.length) == 0) {
			return true;
		}
	}
	return false;
}

} // namespace

bool isResumable(const br_ssl_engine_context& engine)
{
	constexpr size_t extensionAlpn = 16;
	if(engine.protocol_names_num == 0) {
		return true;
	}
	Reader hello{engine.hbuf_in, engine.hlen_in};
	hello.take(2); // cipher suites
	hello.take(1); // compression methods
	Reader extensions = hello.take(2);
	bool seen = false;
	while(extensions.good && extensions.length != 0) {
		const size_t number = extensions.takeNumber(2);
		Reader content = extensions.take(2);
		if(number != extensionAlpn) {
			continue;
		}
		bool known = false;
		for(Reader names = content.take(2); names.good && names.length != 0;) {
			known = isKnownProtocol(engine, names.take(1)) || known;
		}
		if(seen || !known) {
			return false;
		}
		seen = true;
	}
	return extensions.good;
}

bool hasSuite(const br_ssl_engine_context& engine, uint16_t suite)
{
	return std::find(engine.suites_buf, engine.suites_buf + engine.suites_num, suite) !=
		   engine.suites_buf + engine.suites_num;
}

namespace
{
const br_ssl_server_policy_class* ecPolicy; ///< BearSSL's own

int chooseForEc(const br_ssl_server_policy_class** context, const br_ssl_server_context* server,
				br_ssl_server_choices* choices)
{
	auto policy = reinterpret_cast<const br_ssl_server_policy_ec_context*>(context);
	const uint32_t curves = br_ssl_server_get_client_curves(server);
	return ((curves >> policy->sk->curve) & 1) == 0 ? 0 : ecPolicy->choose(context, server, choices);
}

} // namespace

void checkKeyCurve(br_ssl_server_context& server)
{
	static br_ssl_server_policy_class policy;
	ecPolicy = server.chain_handler.vtable;
	policy = *ecPolicy;
	policy.choose = chooseForEc;
	server.chain_handler.vtable = &policy;
}

bool isPeerClosed(const br_ssl_engine_context& engine)
{
	return engine.shutdown_recv != 0;
}

} // namespace BrInternals

} // namespace Ssl
