/** Fuzzes the validator of certificate chains; what an input looks like is said at sming_x509_fuzz(). */
#include "../../common/harness.h"
#include <sming_host/x509.h>

int LLVMFuzzerInitialize(int*, char***)
{
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	return sming_x509_fuzz(data, size);
}
