#include "Text.h"
#include <Network/Ssl/Certificate.h>

namespace Ssl
{
namespace
{
size_t printName(Print& p, const Certificate& certificate, Certificate::DN dn)
{
	size_t count = 0;
	for(unsigned i = 0; i < unsigned(Certificate::RDN::MAX); ++i) {
		const auto rdn = Certificate::RDN(i);
		const String value = certificate.getName(dn, rdn);
		if(value.length() != 0) {
			count += p.print(count == 0 ? "" : ", ");
			count += p.print(toString(rdn));
			count += p.print('=');
			count += p.print(value);
		}
	}
	return count + p.println();
}

template <class FP> size_t printFingerprint(Print& p, const Certificate& certificate, const char* title)
{
	Fingerprint value;
	if(!certificate.getFingerprint(FP::type, value)) {
		return 0;
	}
	size_t count = p.print(title);
	count += p.print(reinterpret_cast<const FP&>(value).hash.toString(':'));
	return count + p.println();
}

} // namespace

size_t Certificate::printTo(Print& p) const
{
	size_t count = p.print(_F("  Subject:      "));
	count += printName(p, *this, DN::SUBJECT);
	const String names = getAlternativeNames();
	if(names.length() != 0) {
		count += p.print(_F("  Names:        "));
		count += p.println(names);
	}
	count += p.print(_F("  Issuer:       "));
	count += printName(p, *this, DN::ISSUER);
	count += p.print(_F("  Valid:        "));
	count += p.print(timeToString(getNotBefore()));
	count += p.print(_F(" to "));
	count += p.println(timeToString(getNotAfter()));
	count += printFingerprint<Fingerprint::Cert::Sha1>(p, *this, _F("  Cert SHA1:    "));
	count += printFingerprint<Fingerprint::Cert::Sha256>(p, *this, _F("  Cert SHA256:  "));
	count += printFingerprint<Fingerprint::Pki::Sha256>(p, *this, _F("  PKI SHA256:   "));
	return count;
}

String toString(Certificate::RDN rdn)
{
	using RDN = Certificate::RDN;
	// RFC 4514 §3 and RFC 4519 §2 where they have a short name, X.520 for the others
	switch(rdn) {
	case RDN::COMMON_NAME:
		return F("CN");
	case RDN::SURNAME:
		return F("SN");
	case RDN::SERIAL_NUMBER:
		return F("serialNumber");
	case RDN::COUNTRY_NAME:
		return F("C");
	case RDN::LOCALITY_NAME:
		return F("L");
	case RDN::STATE_OR_PROVINCE_NAME:
		return F("ST");
	case RDN::STREET_ADDRESS:
		return F("street");
	case RDN::ORGANIZATION_NAME:
		return F("O");
	case RDN::ORGANIZATIONAL_UNIT_NAME:
		return F("OU");
	case RDN::TITLE:
		return F("title");
	case RDN::BUSINESS_CATEGORY:
		return F("businessCategory");
	case RDN::POSTAL_ADDRESS:
		return F("postalAddress");
	case RDN::POSTAL_CODE:
		return F("postalCode");
	case RDN::GIVEN_NAME:
		return F("givenName");
	case RDN::GENERATION_QUALIFIER:
		return F("generationQualifier");
	case RDN::X500_UNIQUE_IDENTIFIER:
		return F("x500UniqueIdentifier");
	case RDN::DN_QUALIFIER:
		return F("dnQualifier");
	case RDN::PSEUDONYM:
		return F("pseudonym");
	case RDN::MAX:
		break;
	}
	return nullptr;
}

} // namespace Ssl
