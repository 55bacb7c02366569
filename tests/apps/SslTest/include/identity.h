/** A key and a self-signed certificate, made when the test runs: no key lies in the repository. */
#pragma once

#include <Network/Ssl/Fingerprints.h>
#include <WString.h>

struct Identity {
	String key;			///< SEC1, DER
	String certificate; ///< X.509, DER, for device.local
	Ssl::Fingerprint::Pki::Sha256 pin;

	/** @param number another one for each number; @param padding bytes that make the certificate longer */
	explicit Identity(uint8_t number, size_t padding = 0);
};
