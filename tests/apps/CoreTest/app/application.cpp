/* Checks of components/core and of hal on the host. */
#include "tests.h"

void init()
{
	testMemory();
	testString();
	testStringEdit();
	testFlashString();
	testPrint();
	testDelegate();
	testLists();
	testStreams();
	testDateTime();
	testHal();
	testTimers(Check::finish);
}
