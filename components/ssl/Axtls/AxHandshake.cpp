#include "AxHandshake.h"
#include "../src/KeyMaterial.h"
#include "../src/ServerName.h"
#include <Memory.h>
#include <algorithm>

namespace Ssl
{
namespace
{
bool isKnown(uint16_t suite)
{
	const auto end = axtls_suites_full + axtls_suites_full_count;
	return std::find(axtls_suites_full, end, suite) != end;
}

} // namespace

AxHandshake::~AxHandshake()
{
	delete verifier;
	Memory::release(authorities);
}

bool AxHandshake::init(Session& session, const KeyMaterial* material, axtls_settings& settings)
{
	if(material != nullptr) {
		identity.chain = material->chain;
		identity.chain_length = material->chainLength;
		if(material->keyType == BR_KEYTYPE_RSA) {
			identity.rsa = &material->key.rsa;
		} else {
			identity.ec = &material->key.ec;
		}
		settings.identities = &identity;
		settings.identity_count = 1;
	}
	if(session.getRole() == Role::client) {
		if(!getServerName(session, serverName)) {
			return false;
		}
	} else if(session.asksForCertificate() && !initAuthorities(session, settings)) {
		return false;
	}
	return initSuites(session, settings);
}

void AxHandshake::remove(axtls_settings& settings)
{
	settings.identities = nullptr;
	settings.identity_count = 0;
	settings.authorities = nullptr;
	settings.authority_count = 0;
	settings.suites = nullptr;
	settings.suite_count = 0;
}

bool AxHandshake::initSuites(Session& session, axtls_settings& settings)
{
	const auto& wanted = *session.cipherSuites;
	size_t count = 0;
	for(size_t i = 0; i < wanted.length() && count < maxSuites; ++i) {
		const auto suite = uint16_t(wanted[i]);
		if(isKnown(suite)) {
			suites[count++] = suite;
		}
	}
	if(count == 0) {
		session.setErrorDetail(_F("this engine has none of session.cipherSuites"));
		session.fail(Error::handshakeFailure);
		return false;
	}
	settings.suites = suites;
	settings.suite_count = count;
	return true;
}

/* Where no name is known (a table in flash has only their hashes, and pins have no authority) the list is empty. */
bool AxHandshake::initAuthorities(Session& session, axtls_settings& settings)
{
	auto anchors = session.getTrustAnchors();
	const uint8_t* name;
	size_t length;
	size_t count = 0;
	while(anchors != nullptr && anchors->getName(count, name, length)) {
		++count;
	}
	settings.client_auth = AXTLS_CLIENT_AUTH_REQUIRE;
	if(count == 0) {
		return true;
	}
	authorities = static_cast<axtls_name*>(Memory::allocate(count * sizeof(*authorities), Memory::Tag::handshake));
	if(authorities == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	for(size_t i = 0; i < count && anchors->getName(i, name, length); ++i) {
		authorities[i] = {name, length};
	}
	settings.authorities = authorities;
	settings.authority_count = count;
	return true;
}

} // namespace Ssl
