/** Ssl::PeerCertificate: the Certificate that PeerVerifier fills. One block, as large as its names are. Private. */
#pragma once

#include <Network/Ssl/Certificate.h>
#include <x509/validator.h>

namespace Ssl
{
class PeerCertificate : public Certificate, public Memory::Tagged<Memory::Tag::certificate>
{
public:
	/**
	 * Parts of a name that are kept; a longer value is left out. 64 characters are the upper bounds of
	 * RFC 5280 appendix A.1 for names, 128 that for places.
	 */
	struct Part {
		Certificate::RDN rdn;
		uint8_t capacity; ///< bytes, with the NUL
		uint8_t oid[4];   ///< with its length in front, as br_name_element wants it
	};
	static constexpr unsigned partCount = 6;
	static const Part parts[partCount];
	static constexpr size_t textCapacity = 65 + 3 + 65 + 65 + 65 + 65;

	/**
	 * Take over what the validator found.
	 * @param subject,issuer elements in the order of `parts`
	 * @return nullptr when there is no memory
	 */
	static PeerCertificate* create(const x509_context& context, const br_name_element* subject,
								   const br_name_element* issuer);

	/** Hold it once more. */
	PeerCertificate* share()
	{
		++references;
		return this;
	}

	/** Let go of it; the last one deletes it. nullptr is allowed. */
	static void release(PeerCertificate* certificate)
	{
		if(certificate != nullptr && --certificate->references == 0) {
			delete certificate;
		}
	}

	bool getFingerprint(Fingerprint::Type type, Fingerprint& fingerprint) const override;
	String getName(DN dn, RDN rdn) const override;
	String getAlternativeNames() const override;

	int64_t getNotBefore() const override
	{
		return notBefore;
	}

	int64_t getNotAfter() const override
	{
		return notAfter;
	}

private:
	PeerCertificate() = default;
	~PeerCertificate() override = default;

	int64_t notBefore = 0;
	int64_t notAfter = 0;
	Crypto::Sha1::Hash certSha1;
	Crypto::Sha256::Hash certSha256;
	Crypto::Sha256::Hash pkiSha256;
	Fingerprint::Types known;
	uint16_t references = 1;
	uint16_t namesLength = 0;
	/** Per part of subject, then issuer: a length byte and the text. Behind them the alternative names. */
	char* text = nullptr;
};

} // namespace Ssl
