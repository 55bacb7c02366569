/**
 * Ssl::Certificate: what is kept of the peer's certificate: names, dates, fingerprints. Not the certificate.
 *
 * It is filled while the certificate streams through the X.509 validator, the same for every engine.
 */
#pragma once

#include "Fingerprints.h"
#include <Memory.h>
#include <Print.h>
#include <WString.h>

/** XX(name, object identifier): parts of a distinguished name (RFC 5280 appendix A.1, X.520) */
#define SSL_X509_RDN_OID_MAP(XX)                                                                                       \
	XX(COMMON_NAME, 2, 5, 4, 3)                                                                                        \
	XX(SURNAME, 2, 5, 4, 4)                                                                                            \
	XX(SERIAL_NUMBER, 2, 5, 4, 5)                                                                                      \
	XX(COUNTRY_NAME, 2, 5, 4, 6)                                                                                       \
	XX(LOCALITY_NAME, 2, 5, 4, 7)                                                                                      \
	XX(STATE_OR_PROVINCE_NAME, 2, 5, 4, 8)                                                                             \
	XX(STREET_ADDRESS, 2, 5, 4, 9)                                                                                     \
	XX(ORGANIZATION_NAME, 2, 5, 4, 10)                                                                                 \
	XX(ORGANIZATIONAL_UNIT_NAME, 2, 5, 4, 11)                                                                          \
	XX(TITLE, 2, 5, 4, 12)                                                                                             \
	XX(BUSINESS_CATEGORY, 2, 5, 4, 15)                                                                                 \
	XX(POSTAL_ADDRESS, 2, 5, 4, 16)                                                                                    \
	XX(POSTAL_CODE, 2, 5, 4, 17)                                                                                       \
	XX(GIVEN_NAME, 2, 5, 4, 42)                                                                                        \
	XX(GENERATION_QUALIFIER, 2, 5, 4, 44)                                                                              \
	XX(X500_UNIQUE_IDENTIFIER, 2, 5, 4, 45)                                                                            \
	XX(DN_QUALIFIER, 2, 5, 4, 46)                                                                                      \
	XX(PSEUDONYM, 2, 5, 4, 65)

namespace Ssl
{
class Certificate
{
public:
	/** Which distinguished name. */
	enum class DN {
		ISSUER,
		SUBJECT,
	};

	/** Which part of it. */
	enum class RDN {
#define XX(tag, a, b, c, d) tag,
		SSL_X509_RDN_OID_MAP(XX)
#undef XX
			MAX
	};

	virtual ~Certificate() = default;

	/** @return false when that fingerprint was not computed (nobody asked for it, see ValidatorList::fingerprintTypes) */
	virtual bool getFingerprint(Fingerprint::Type type, Fingerprint& fingerprint) const = 0;

	/** True if the fingerprint is that of this certificate; compared in constant time. */
	template <class FP> bool matchFingerprint(const FP& fingerprint) const
	{
		Fingerprint value;
		return getFingerprint(FP::type, value) && reinterpret_cast<const FP&>(value).hash == fingerprint.hash;
	}

	/** One part of a name in UTF-8; empty when the certificate has no such part. Long ones are cut. */
	virtual String getName(DN dn, RDN rdn) const = 0;

	/** DNS names and IP addresses (subjectAltName), separated by ", "; the first ones where there are many. */
	virtual String getAlternativeNames() const = 0;

	/** Validity in seconds since 1970-01-01T00:00:00Z. */
	virtual int64_t getNotBefore() const = 0;
	virtual int64_t getNotAfter() const = 0;

	/** Names, dates and fingerprints, one a line. */
	size_t printTo(Print& p) const;
};

/** Name of a part as people write it: "CN", "O", "OU", …. */
String toString(Certificate::RDN rdn);

} // namespace Ssl
