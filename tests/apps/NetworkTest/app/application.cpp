/* Checks of components/network that need no peer. */
#include "tests.h"

void init()
{
	testAddresses();
	testEscape();
	testParams();
	testUrl();
	testUrlMemory();
	testHeaders();
	testWords();
	testTables();
	testTypes();
	Check::finish();
}
