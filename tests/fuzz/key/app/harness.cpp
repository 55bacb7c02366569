/**
 * Fuzzes the reading of private keys and certificates (Ssl::KeyCertPair): DER and PEM, PKCS#1, SEC1, PKCS#8, PBES2.
 *
 *     1  the n-th allocation fails; 0: none does
 *     1  length of the password; 255: none
 *     n  the password
 *     2  length of the key
 *     n  the key
 *     …  the certificate
 */
#include "../../common/Expect.h"
#include "../../common/Input.h"
#include "../../common/harness.h"
#include <Network/Ssl/KeyCertPair.h>
#include <cstring>
#include <m_printf.h>

using Ssl::Error;

namespace
{
void run(Fuzz::Input input)
{
	uint32_t failing = input.takeNumber(1);
	uint32_t passwordLength = input.takeNumber(1);
	const bool hasPassword = passwordLength != 255;
	char password[256]{};
	auto text = input.take(hasPassword ? passwordLength : 0);
	std::copy_n(text.data, text.length, password);
	auto key = input.takeCounted();
	auto certificate = input.takeRest();

	Memory::failAllocation(failing);
	Ssl::KeyCertPair pair;
	bool taken = pair.assign(key.data, unsigned(key.length), certificate.data, unsigned(certificate.length),
							 hasPassword ? password : nullptr);
	Memory::failAllocation(0);
	Fuzz::expect(taken == pair.isValid(), "result and validity do not agree");
	Fuzz::expect(taken == (pair.getError() == Error::none), "result and error do not agree");
	if(taken) {
		Ssl::KeyCertPair copy(pair);
		Fuzz::expect(copy.getCertificate() != nullptr && copy.getCertificateLength() != 0, "a pair has no certificate");
	}
	if(Fuzz::verbose) {
		printf("\t%s\n", taken ? "taken" : Ssl::toString(pair.getError()).c_str());
	}
}

} // namespace

int LLVMFuzzerInitialize(int*, char***)
{
	m_setPuts(nullptr);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	Fuzz::NoLeak noLeak;
	run(Fuzz::Input(data, size));
	return 0;
}
