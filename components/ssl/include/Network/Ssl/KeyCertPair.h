/**
 * Ssl::KeyCertPair: a private key and the certificate (chain) that goes with it.
 *
 * Keys: RSA (2048 to 4096 bits) or EC (P-256, P-384, P-521); DER or PEM; PKCS#1, SEC1 or PKCS#8;
 * PKCS#8 also encrypted with a password (PBES2 with PBKDF2 and AES, as `generate-cert KEY_PASSWORD=…` makes it).
 * Certificate: DER, one or several behind one another, or PEM; our own first, then its issuers.
 *
 * What is given is decoded at once and copied; copies of a pair, and pairs assigned from the same bytes, share the
 * decoded key, which is wiped when the last of them lets go of it. So a server's init handler may assign its key for
 * every connection: see ServerShare.
 */
#pragma once

#include "Error.h"
#include <FlashString.hpp>
#include <WString.h>
#include <cstddef>
#include <cstdint>

namespace Ssl
{
struct KeyMaterial; // decoded; engine adapters know it

class KeyCertPair
{
public:
	KeyCertPair() = default;
	~KeyCertPair()
	{
		free();
	}
	KeyCertPair(const KeyCertPair& other)
	{
		assign(other);
	}
	KeyCertPair& operator=(const KeyCertPair& other)
	{
		assign(other);
		return *this;
	}

	/** True when a key and its certificate are there and were understood. */
	bool isValid() const
	{
		return material != nullptr;
	}

	/**
	 * Take a key and a certificate.
	 * @param newKeyPassword for an encrypted key, else nullptr
	 * @return false when they were refused: getError() says why, and the pair is then empty
	 */
	bool assign(const uint8_t* newKey, unsigned newKeyLength, const uint8_t* newCertificate,
				unsigned newCertificateLength, const char* newKeyPassword = nullptr);

	bool assign(const String& newKey, const String& newCertificate, const char* newKeyPassword = nullptr)
	{
		return assign(reinterpret_cast<const uint8_t*>(newKey.c_str()), newKey.length(),
					  reinterpret_cast<const uint8_t*>(newCertificate.c_str()), newCertificate.length(),
					  newKeyPassword);
	}

	bool assign(const FlashString& newKey, const FlashString& newCertificate, const char* newKeyPassword = nullptr);

	/** Share another pair. */
	bool assign(const KeyCertPair& keyCert);

	/** Let go of key and certificate. */
	void free();

	/** Why assign() refused: badKey, keyPassword, badCertificateData, keyMismatch, noMemory; Error::none otherwise. */
	Error getError() const
	{
		return error;
	}

	/** Our own certificate in DER, nullptr when empty. */
	const uint8_t* getCertificate() const;
	unsigned getCertificateLength() const;

	/** For engine adapters. */
	const KeyMaterial* getMaterial() const
	{
		return material;
	}

private:
	KeyMaterial* material = nullptr;
	Error error = Error::none;
};

} // namespace Ssl
