// Does what no core can: what the fault handler prints is decoded by the monitor.
#include <SmingCore.h>

namespace
{
SimpleTimer timer;

__attribute__((noinline)) void takeTheWrongTurn()
{
#if defined(__XTENSA__)
	asm volatile("ill"); // here
#elif defined(__riscv)
	asm volatile("unimp"); // here
#elif defined(__arm__)
	asm volatile("udf #0"); // here
#endif
}

void onTimer()
{
	takeTheWrongTurn();
	Serial.println("survived");
}

} // namespace

void init()
{
	Serial.println("fault ahead");
	timer.initializeMs<200>(onTimer).startOnce();
}
