/**
 * Ssl::Fingerprint: hashes by which a certificate is recognised ("pinned").
 *
 *     static const Ssl::Fingerprint::Cert::Sha256 pin PROGMEM = {0x12, 0x34, …};
 *     session.validators.pin(pin);
 *
 * `./scons cert-info` prints them ready to paste.
 */
#pragma once

#include <Crypto/Sha1.h>
#include <Crypto/Sha2.h>
#include <cstdint>

namespace Ssl
{
union Fingerprint {
	/** What is hashed, and how. */
	enum class Type : uint8_t {
		CertSha1,   ///< SHA-1 of the whole certificate (DER)
		CertSha256, ///< SHA-256 of the whole certificate (DER)
		PkiSha256,  ///< SHA-256 of SubjectPublicKeyInfo, as in RFC 7469: stays when the certificate is renewed with the same key
	};

	/** A set of fingerprint types. */
	class Types
	{
	public:
		void add(Type type)
		{
			mask |= bit(type);
		}

		void remove(Type type)
		{
			mask &= ~bit(type);
		}

		bool contains(Type type) const
		{
			return (mask & bit(type)) != 0;
		}

		bool isEmpty() const
		{
			return mask == 0;
		}

	private:
		static constexpr uint8_t bit(Type type)
		{
			return uint8_t(1U << unsigned(type));
		}

		uint8_t mask = 0;
	};

	/** Of the whole certificate: changes whenever it is renewed. */
	union Cert {
		/** SHA-1 of it, for pins from older applications. */
		struct Sha1 {
			static constexpr Type type = Type::CertSha1;
			Crypto::Sha1::Hash hash;
		};
		Sha1 sha1;

		struct Sha256 {
			static constexpr Type type = Type::CertSha256;
			Crypto::Sha256::Hash hash;
		};
		Sha256 sha256;
	};
	Cert cert;

	/** Of the public key alone. */
	union Pki {
		struct Sha256 {
			static constexpr Type type = Type::PkiSha256;
			Crypto::Sha256::Hash hash;
		};
		Sha256 sha256;
	};
	Pki pki;
};

} // namespace Ssl
