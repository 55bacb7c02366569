/* Checks of components/crypto and of the C++ interface of components/ssl that need no peer. */
#include "tests.h"

void init()
{
	testCrypto();
	testTables();
	testValidators();
	testSession();
	Check::finish();
}
