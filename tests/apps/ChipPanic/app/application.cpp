// Panics: what it says last must arrive before the restart.
#include <SmingCore.h>
#include <hal.h>

namespace
{
SimpleTimer timer;

void onTimer()
{
	hal_panic("these are the last words of a program that has seen better days, and all of them are to be read");
}

} // namespace

void init()
{
	Serial.println("panic ahead");
	timer.initializeMs<200>(onTimer).startOnce();
}
