/** Fuzzes a TLS client: what its peer sends is the input, see tls/TlsInput.h. */
#include "../../common/harness.h"
#include "../../tls/Pump.h"
#include <cstring>

int LLVMFuzzerInitialize(int* argc, char*** argv)
{
	if(*argc > 1 && strcmp((*argv)[1], "record") == 0) {
		exit(Fuzz::record(Ssl::Role::client));
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	Fuzz::runConnections(Ssl::Role::client, Fuzz::TlsInput(data, size));
	return 0;
}
