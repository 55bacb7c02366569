#include "PeerCertificate.h"
#include "Text.h"
#include <cstring>
#include <new>

namespace Ssl
{
namespace
{
constexpr size_t namesCapacity = 256;

template <class Hash> bool take(const x509_context& context, x509_hash_kind kind, Hash& hash)
{
	const uint8_t* value = x509_get_hash(&context, kind);
	if(value == nullptr) {
		return false;
	}
	memcpy(hash.data(), value, hash.size());
	return true;
}

size_t lengthOf(const br_name_element& element)
{
	return (element.status == 1) ? strlen(element.buf) : 0;
}

} // namespace

const PeerCertificate::Part PeerCertificate::parts[partCount] = {
	{RDN::COMMON_NAME, 65, {3, 0x55, 4, 3}},
	{RDN::COUNTRY_NAME, 3, {3, 0x55, 4, 6}},
	{RDN::LOCALITY_NAME, 65, {3, 0x55, 4, 7}},
	{RDN::STATE_OR_PROVINCE_NAME, 65, {3, 0x55, 4, 8}},
	{RDN::ORGANIZATION_NAME, 65, {3, 0x55, 4, 10}},
	{RDN::ORGANIZATIONAL_UNIT_NAME, 65, {3, 0x55, 4, 11}},
};

PeerCertificate* PeerCertificate::create(const x509_context& context, const br_name_element* subject,
										 const br_name_element* issuer)
{
	char names[namesCapacity];
	const size_t namesLength = x509_format_names(&context, names, sizeof(names));
	size_t size = namesLength;
	for(unsigned i = 0; i < partCount; ++i) {
		size += 2 + lengthOf(subject[i]) + lengthOf(issuer[i]);
	}

	void* block = Memory::allocate(sizeof(PeerCertificate) + size, Memory::Tag::certificate);
	if(block == nullptr) {
		return nullptr;
	}
	auto self = new(block) PeerCertificate;
	self->text = static_cast<char*>(block) + sizeof(PeerCertificate);
	char* out = self->text;
	auto append = [&out](const br_name_element& element) {
		const size_t length = lengthOf(element);
		*out++ = char(length);
		memcpy(out, element.buf, length);
		out += length;
	};
	for(unsigned i = 0; i < partCount; ++i) {
		append(subject[i]);
	}
	for(unsigned i = 0; i < partCount; ++i) {
		append(issuer[i]);
	}
	memcpy(out, names, namesLength);
	self->namesLength = uint16_t(namesLength);

	const x509_details* details = x509_get_details(&context);
	self->notBefore = details->not_before;
	self->notAfter = details->not_after;
	if(take(context, X509_HASH_SHA1, self->certSha1)) {
		self->known.add(Fingerprint::Type::CertSha1);
	}
	if(take(context, X509_HASH_SHA256, self->certSha256)) {
		self->known.add(Fingerprint::Type::CertSha256);
	}
	if(take(context, X509_HASH_SPKI, self->pkiSha256)) {
		self->known.add(Fingerprint::Type::PkiSha256);
	}
	return self;
}

bool PeerCertificate::getFingerprint(Fingerprint::Type type, Fingerprint& fingerprint) const
{
	if(!known.contains(type)) {
		return false;
	}
	switch(type) {
	case Fingerprint::Type::CertSha1:
		fingerprint.cert.sha1.hash = certSha1;
		return true;
	case Fingerprint::Type::CertSha256:
		fingerprint.cert.sha256.hash = certSha256;
		return true;
	case Fingerprint::Type::PkiSha256:
		fingerprint.pki.sha256.hash = pkiSha256;
		return true;
	}
	return false;
}

String PeerCertificate::getName(DN dn, RDN rdn) const
{
	const char* p = text;
	for(unsigned i = 0; i < 2 * partCount; ++i) {
		const size_t length = uint8_t(*p);
		const bool isSubject = i < partCount;
		if(isSubject == (dn == DN::SUBJECT) && parts[i % partCount].rdn == rdn) {
			return printable(p + 1, length);
		}
		p += 1 + length;
	}
	return String("", 0);
}

String PeerCertificate::getAlternativeNames() const
{
	const char* p = text;
	for(unsigned i = 0; i < 2 * partCount; ++i) {
		p += 1 + uint8_t(*p);
	}
	return printable(p, namesLength);
}

} // namespace Ssl
