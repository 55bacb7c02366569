/* Checks of components/core and of hal on the host. */
#include "tests.h"
#include <Platform/System.h>

namespace
{
/* Constructed before and destroyed after what it uses could have been, if that were not taken care of. */
struct Early {
	Early()
	{
		CHECK(String::nullstr.isNull() && !String::empty.isNull());
		CHECK(Serial.println("constructed") == 13);
		CHECK(System.queueCallback([this]() { called = true; }));
	}
	~Early()
	{
		Serial << "destroyed " << called << endl;
		System.queueCallback([]() {});
	}
	bool called = false;
} early;
} // namespace

void init()
{
	testMemory();
	testString();
	testStringEdit();
	testStringModel();
	testFlashString();
	testPrint();
	testDelegate();
	testLists();
	testStreams();
	testDocuments();
	testDateTime();
	testHal();
	testTimers(Check::finish);
}
