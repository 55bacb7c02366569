/* Looking at a session: state, error, what was agreed on, the peer's certificate; and names of numbers. */

#include "Handle.h"
#include <Network/Ssl/Factory.h>
#include <algorithm>
#include <string.h>

namespace
{
using Ssl::Certificate;

const Certificate* certificateOf(const sming_tls* tls)
{
	auto connection = tls->session.getConnection();
	return connection ? connection->getCertificate() : nullptr;
}

/** Copy a fingerprint into `hash`, or zero it when it was not computed. */
template <class FP, size_t size>
void copyFingerprint(const Certificate& certificate, Ssl::Fingerprint::Type type, uint8_t (&hash)[size])
{
	static_assert(sizeof(FP) == size, "a fingerprint is its hash");
	Ssl::Fingerprint value;
	if(certificate.getFingerprint(type, value)) {
		memcpy(hash, &value, size);
	} else {
		memset(hash, 0, size);
	}
}

const int errorCount = 0
#define X(name, alert, text) +1
	SSL_ERROR_MAP(X)
#undef X
	;

} // namespace

namespace HostApi
{
size_t copyText(const char* text, size_t length, char* buffer, size_t size)
{
	if(size != 0) {
		size_t taken = std::min(length, size - 1);
		memcpy(buffer, text, taken);
		buffer[taken] = '\0';
	}
	return length;
}

size_t copyText(const String& text, char* buffer, size_t size)
{
	return copyText(text.c_str(), text.length(), buffer, size);
}

} // namespace HostApi

using HostApi::copyText;

const char* sming_engine_name(void)
{
	return Ssl::getFactory()->getName();
}

int sming_tls_state(const sming_tls* tls)
{
	return int(tls->session.getState());
}

int sming_tls_error(const sming_tls* tls)
{
	return int(tls->session.getError());
}

int sming_tls_alert(const sming_tls* tls)
{
	return int(tls->session.getAlert());
}

int sming_tls_alert_received(const sming_tls* tls)
{
	return tls->session.isAlertReceived();
}

int sming_tls_verified(const sming_tls* tls)
{
	return tls->session.isVerified();
}

int sming_tls_handshake_done(const sming_tls* tls)
{
	auto connection = tls->session.getConnection();
	return connection != nullptr && connection->isHandshakeDone();
}

int sming_tls_resumed(const sming_tls* tls)
{
	return tls->session.isResumed();
}

size_t sming_tls_alpn_protocol(const sming_tls* tls, char* buffer, size_t size)
{
	return copyText(tls->session.getAlpnProtocol(), buffer, size);
}

uint16_t sming_tls_cipher_suite(const sming_tls* tls)
{
	auto connection = tls->session.getConnection();
	return connection ? uint16_t(connection->getCipherSuite()) : 0;
}

uint16_t sming_tls_version(const sming_tls* tls)
{
	auto connection = tls->session.getConnection();
	return connection ? connection->getVersion() : 0;
}

size_t sming_tls_error_text(const sming_tls* tls, char* buffer, size_t size)
{
	return copyText(tls->session.getErrorString(), buffer, size);
}

size_t sming_tls_session_id(const sming_tls* tls, uint8_t* buffer, size_t size)
{
	auto connection = tls->session.getConnection();
	if(connection == nullptr) {
		return 0;
	}
	Ssl::SessionId id = connection->getSessionId();
	memcpy(buffer, id.getValue(), std::min(size, size_t(id.getLength())));
	return id.getLength();
}

int sming_tls_certificate(const sming_tls* tls, sming_certificate* certificate)
{
	auto source = certificateOf(tls);
	if(source == nullptr) {
		return 0;
	}
	using Ssl::Fingerprint;
	certificate->not_before = source->getNotBefore();
	certificate->not_after = source->getNotAfter();
	copyFingerprint<Fingerprint::Cert::Sha1>(*source, Fingerprint::Type::CertSha1, certificate->cert_sha1);
	copyFingerprint<Fingerprint::Cert::Sha256>(*source, Fingerprint::Type::CertSha256, certificate->cert_sha256);
	copyFingerprint<Fingerprint::Pki::Sha256>(*source, Fingerprint::Type::PkiSha256, certificate->pki_sha256);
	return 1;
}

size_t sming_tls_certificate_name(const sming_tls* tls, int issuer, int part, char* buffer, size_t size)
{
	// In the order of SMING_NAME_…
	static const Certificate::RDN parts[] = {
		Certificate::RDN::COMMON_NAME,  Certificate::RDN::ORGANIZATION_NAME, Certificate::RDN::ORGANIZATIONAL_UNIT_NAME,
		Certificate::RDN::COUNTRY_NAME, Certificate::RDN::LOCALITY_NAME,	 Certificate::RDN::STATE_OR_PROVINCE_NAME,
	};
	auto source = certificateOf(tls);
	if(source == nullptr || part < 0 || size_t(part) >= sizeof(parts) / sizeof(parts[0])) {
		return copyText("", 0, buffer, size);
	}
	auto whose = issuer ? Certificate::DN::ISSUER : Certificate::DN::SUBJECT;
	return copyText(source->getName(whose, parts[part]), buffer, size);
}

size_t sming_tls_certificate_alternative_names(const sming_tls* tls, char* buffer, size_t size)
{
	auto source = certificateOf(tls);
	return source ? copyText(source->getAlternativeNames(), buffer, size) : copyText("", 0, buffer, size);
}

int sming_error_count(void)
{
	return errorCount;
}

size_t sming_error_name(int error, char* buffer, size_t size)
{
	return copyText(Ssl::toString(Ssl::Error(error)), buffer, size);
}

size_t sming_error_text(int error, char* buffer, size_t size)
{
	return copyText(Ssl::getErrorString(Ssl::Error(error)), buffer, size);
}

int sming_error_alert(int error)
{
	return int(Ssl::alertFor(Ssl::Error(error)));
}

size_t sming_alert_name(int alert, char* buffer, size_t size)
{
	return copyText(Ssl::toString(Ssl::Alert(alert)), buffer, size);
}

size_t sming_cipher_suite_name(uint16_t suite, char* buffer, size_t size)
{
	return copyText(Ssl::getCipherSuiteName(Ssl::CipherSuite(suite)), buffer, size);
}
