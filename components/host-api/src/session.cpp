/* Life of a session: making it, setting it up, pumping it. */

#include "Handle.h"
#include <new>
#include <string.h>

using Suites = Ssl::CipherSuites::Array;

namespace
{
bool getTime(const Ssl::Environment& self, int64_t& seconds)
{
	auto tls = static_cast<const sming_tls*>(self.param);
	seconds = tls->time;
	return tls->timeIsSet;
}

bool getRandom(const Ssl::Environment& self, void* buffer, size_t length)
{
	return static_cast<sming_tls*>(self.param)->random.fill(buffer, length);
}

template <class Fingerprint> bool addPin(Ssl::Session& session, const uint8_t* hash)
{
	Fingerprint fingerprint;
	static_assert(sizeof(fingerprint) == sizeof(fingerprint.hash), "a fingerprint is its hash");
	memcpy(&fingerprint, hash, sizeof(fingerprint));
	return session.validators.pin(fingerprint);
}

} // namespace

sming_tls::sming_tls(Ssl::Role role) : environment{getTime, getRandom, this}, role(role)
{
	session.environment = &environment;
	session.trustAnchors = &anchors;
	// Whoever looks at a peer's certificate through this interface may ask for any of them.
	session.validators.fingerprintTypes.add(Ssl::Fingerprint::Type::CertSha1);
	session.validators.fingerprintTypes.add(Ssl::Fingerprint::Type::CertSha256);
	session.validators.fingerprintTypes.add(Ssl::Fingerprint::Type::PkiSha256);
}

sming_tls::~sming_tls()
{
	session.cipherSuites = &Ssl::CipherSuites::basic;
	Memory::release(suites);
}

uint32_t sming_api_version(void)
{
	return SMING_API_VERSION;
}

sming_tls* sming_tls_new(int role, const char* host_name)
{
	HostApi::captureLog();
	auto tls = new sming_tls(role == SMING_SERVER ? Ssl::Role::server : Ssl::Role::client);
	if(tls == nullptr || host_name == nullptr) {
		return tls;
	}
	tls->session.hostName = host_name;
	if(tls->session.hostName.length() != strlen(host_name)) {
		delete tls;
		return nullptr;
	}
	return tls;
}

void sming_tls_free(sming_tls* tls)
{
	delete tls;
}

int sming_tls_trust(sming_tls* tls, const uint8_t* certificate, size_t length)
{
	return tls->anchors.add(certificate, length) ? 0 : int(tls->anchors.getError());
}

int sming_tls_pin(sming_tls* tls, int fingerprint_type, const uint8_t* hash)
{
	bool added = false;
	switch(fingerprint_type) {
	case SMING_CERT_SHA1:
		added = addPin<Ssl::Fingerprint::Cert::Sha1>(tls->session, hash);
		break;
	case SMING_CERT_SHA256:
		added = addPin<Ssl::Fingerprint::Cert::Sha256>(tls->session, hash);
		break;
	case SMING_PKI_SHA256:
		added = addPin<Ssl::Fingerprint::Pki::Sha256>(tls->session, hash);
		break;
	default:
		return int(Ssl::Error::internal);
	}
	return added ? 0 : int(Ssl::Error::noMemory);
}

int sming_tls_key_cert(sming_tls* tls, const uint8_t* key, size_t key_length, const uint8_t* certificate,
					   size_t certificate_length, const char* password)
{
	auto& pair = tls->session.keyCert;
	if(pair.assign(key, unsigned(key_length), certificate, unsigned(certificate_length), password)) {
		return 0;
	}
	return int(pair.getError());
}

int sming_tls_cipher_suites(sming_tls* tls, const uint16_t* suites, size_t count)
{
	// The session wants a list as it lies in flash: an Array, then its elements.
	size_t bytes = count * sizeof(uint16_t);
	auto block = Memory::allocate(sizeof(Suites) + bytes, Memory::Tag::session);
	if(block == nullptr) {
		return int(Ssl::Error::noMemory);
	}
	auto list = new(block) Suites(uint32_t(bytes));
	memcpy(static_cast<uint8_t*>(block) + sizeof(Suites), suites, bytes);
	tls->session.cipherSuites = list;
	Memory::release(tls->suites);
	tls->suites = block;
	return 0;
}

void sming_tls_cipher_suite_list(sming_tls* tls, int list)
{
	tls->session.cipherSuites = (list == 0) ? &Ssl::CipherSuites::basic : &Ssl::CipherSuites::full;
}

void sming_tls_options(sming_tls* tls, uint32_t options)
{
	auto& set = tls->session.options;
	set.sessionResume = (options & SMING_OPTION_SESSION_RESUME) != 0;
	set.clientAuthentication = (options & SMING_OPTION_CLIENT_AUTHENTICATION) != 0;
	set.verifyLater = (options & SMING_OPTION_VERIFY_LATER) != 0;
	set.legacyVersions = (options & SMING_OPTION_LEGACY_VERSIONS) != 0;
	set.freeKeyCertAfterHandshake = (options & SMING_OPTION_FREE_KEY_CERT) != 0;
}

void sming_tls_max_buffer_size(sming_tls* tls, int code)
{
	tls->session.maxBufferSize = Ssl::MaxBufferSize(code);
}

void sming_tls_set_time(sming_tls* tls, int64_t seconds)
{
	tls->time = seconds;
	tls->timeIsSet = true;
}

void sming_tls_unset_time(sming_tls* tls)
{
	tls->timeIsSet = false;
}

void sming_tls_set_seed(sming_tls* tls, const uint8_t* seed, size_t length)
{
	tls->random.setSeed(seed, length);
}

void sming_tls_fail_random(sming_tls* tls)
{
	tls->random.fail();
}

int sming_tls_start(sming_tls* tls)
{
	return tls->session.start(tls->role) ? 0 : int(tls->session.getError());
}

size_t sming_tls_feed(sming_tls* tls, const uint8_t* data, size_t length)
{
	return tls->session.feed(data, length);
}

size_t sming_tls_peek_output(sming_tls* tls, const uint8_t** data)
{
	return tls->session.peekOutput(*data);
}

void sming_tls_consume_output(sming_tls* tls, size_t length)
{
	tls->session.consumeOutput(length);
}

size_t sming_tls_peek_input(sming_tls* tls, const uint8_t** data)
{
	return tls->session.peekInput(*data);
}

void sming_tls_consume_input(sming_tls* tls, size_t length)
{
	tls->session.consumeInput(length);
}

int sming_tls_write(sming_tls* tls, const uint8_t* data, size_t length)
{
	return tls->session.write(data, length);
}

void sming_tls_flush(sming_tls* tls)
{
	tls->session.flush();
}

void sming_tls_close(sming_tls* tls)
{
	tls->session.close();
}

void sming_tls_transport_closed(sming_tls* tls)
{
	tls->session.onTransportClosed();
}
