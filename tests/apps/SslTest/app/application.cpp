/* Checks of components/crypto and of the C++ interface of components/ssl that need no peer. */
#include "tests.h"

void init()
{
	testCrypto();
	testVectors();
	testTables();
	testValidators();
	testSession();
	testQueue();
	testErrors();
	testConnections();
	Check::finish();
}
