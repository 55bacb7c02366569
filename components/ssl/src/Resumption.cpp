#include "PeerCertificate.h"
#include <Network/Ssl/Resumption.h>
#include <Network/Ssl/Session.h>
#include <cctype>
#include <hal.h>

namespace Ssl
{
namespace
{
constexpr uint16_t tls12 = 0x0303;

uint32_t nowSeconds()
{
	return uint32_t(hal_time_us() / 1000000);
}

bool contains(const CipherSuites::Array& suites, uint16_t suite)
{
	for(size_t i = 0; i < suites.length(); ++i) {
		if(uint16_t(suites[i]) == suite) {
			return true;
		}
	}
	return false;
}

} // namespace

Resumption::~Resumption()
{
	PeerCertificate::release(certificate);
	Memory::wipeAndRelease(ticket);
}

void Resumption::takeTicket(Connection& connection)
{
	size_t length;
	if(auto newTicket = connection.takeTicket(length)) {
		Memory::wipeAndRelease(ticket);
		ticket = newTicket;
		ticketLength = uint16_t(length);
	}
}

PeerCertificate* Resumption::shareCertificate() const
{
	return certificate == nullptr ? nullptr : certificate->share();
}

/* DNS names do not depend on case (RFC 4343). */
Resumption::Hash Resumption::getOrigin(const Session& session)
{
	Crypto::Sha256 hash;
	for(size_t i = 0; i < session.hostName.length(); ++i) {
		const char c = char(tolower(uint8_t(session.hostName[i])));
		hash.update(&c, 1);
	}
	const uint8_t end[] = {0, uint8_t(session.port >> 8), uint8_t(session.port)};
	return hash.update(end, sizeof(end)).getHash();
}

Resumption* Resumption::create(Session& session)
{
	auto connection = session.getConnection();
	auto result = new Resumption;
	if(result == nullptr) {
		return nullptr;
	}
	result->certificate = connection->shareCertificate();
	const bool isKnown = connection->getParameters(result->parameters);
	result->takeTicket(*connection);
	if(result->certificate == nullptr || !isKnown ||
	   (!result->parameters.id.isValid() && result->ticket == nullptr)) {
		delete result;
		return nullptr;
	}
	result->origin = getOrigin(session);
	result->born = nowSeconds();
	result->chainChecked = session.checksChain() && session.isVerified();
	if(result->chainChecked) {
		result->anchors = session.getTrustAnchors()->getDigest();
	}
	return result;
}

bool Resumption::fits(Session& session) const
{
	if(nowSeconds() - born > SessionCache::maxAge || origin != getOrigin(session) ||
	   !contains(*session.cipherSuites, parameters.cipherSuite) ||
	   (parameters.version != tls12 && !session.options.legacyVersions)) {
		return false;
	}
	if(!session.validators.isEmpty()) {
		return session.validators.validate(certificate);
	}
	if(!session.checksChain()) {
		return true;
	}
	int64_t now;
	return chainChecked && session.getTrustAnchors()->getDigest() == anchors &&
		   session.environment->getTime(*session.environment, now) && certificate->getNotBefore() <= now &&
		   now <= certificate->getNotAfter();
}

} // namespace Ssl
