#include "tests.h"
#include <Clock.h>
#include <Platform/System.h>
#include <Platform/Timers.h>

namespace
{
void (*whenDone)();
String order; // letters in the order in which callbacks ran
Timer guard;

void plain()
{
	order += 'p';
}

void withArg(void* arg)
{
	order += *static_cast<const char*>(arg);
}

struct Target {
	void method()
	{
		order += 'm';
	}
};
Target target;
char letter = 'a';

SimpleTimer simple, simpleArg;
Timer method, once, repeating, restarted, late;
Timer* selfDeleting;
unsigned repeats;
bool readyCalled;

struct ReadyHandler : ISystemReadyHandler {
	void onSystemReady() override
	{
		order += 'R';
	}
} readyHandler;

void testPolled()
{
	OneShotFastMs timer(5);
	CHECK(!timer.expired() && timer.canExpire() && timer.remainingTime() <= 5u);
	delay(6);
	CHECK(timer.expired() && timer.expired());
	CHECK(timer.elapsedTime() >= 5u && timer.remainingTime() == 0u);
	CHECK(timer.elapsedTime().toString().endsWith("ms"));
	timer.start();
	CHECK(!timer.expired());
	timer.cancel();
	CHECK(!timer.canExpire() && !timer.expired());
	timer.reset<1>();
	delayMicroseconds(1100);
	CHECK(timer.expired());
	PeriodicFastMs periodic(2);
	delay(5);
	CHECK(periodic.expired() && !periodic.expired()); // two periods have passed, reported once
	OneShotFastMs never;
	CHECK(!never.expired());
	OneShotFastUs fine(10);
	delayMicroseconds(20);
	CHECK(fine.expired() && fine.elapsedTime().unit() == NanoTime::Microseconds);

	using namespace NanoTime;
	CHECK_EQ(convert(90, Minutes, Hours), uint64_t(1));
	CHECK_EQ(convert(2, Days, Seconds), uint64_t(172800));
	CHECK_EQ(convert(UINT64_MAX, Days, Nanoseconds), UINT64_MAX);
	CHECK_EQ(Time<uint32_t>(Seconds, 3).as<Milliseconds>().toString(), "3000ms");
	CHECK_EQ(Time<uint8_t>(Seconds, 3).as<Milliseconds>().toString(), "255ms"); // saturated
}

void testQueue()
{
	// Called from a task: System is ready
	unsigned count = 0;
	while(System.queueCallback([]() { order += 'q'; })) {
		++count;
	}
	CHECK_EQ(count, unsigned(TASK_QUEUE_LENGTH));
	CHECK(!System.queueCallback(plain));
	CHECK(!System.queueCallback(TaskDelegate()));
	CHECK(!System.queueCallback(static_cast<TaskCallback32>(nullptr)));
	CHECK(System.getMaxTaskCount() == TASK_QUEUE_LENGTH);
	order = "";
	System.poll();
	CHECK_EQ(order, String().padRight(TASK_QUEUE_LENGTH, 'q'));

	order = "";
	static uint32_t seen;
	CHECK(System.queueCallback(plain));
	CHECK(System.queueCallback(withArg, &letter));
	CHECK(System.queueCallback([](uint32_t value) { seen = value; }, 77u));
	CHECK(System.queueCallback([]() { System.queueCallback(plain); })); // runs in the next turn
	CHECK_EQ(System.poll(), 0u);
	CHECK_EQ(order, "pa");
	CHECK_EQ(seen, 77u);
	System.poll();
	CHECK_EQ(order, "pap");
	CHECK(System.onReady([]() { order += 'r'; })); // ready already: queued
	System.poll();
	CHECK_EQ(order, "papr");
	CHECK(System.setCpuFrequency(CpuCycleClockFast::cpuFrequency()) && System.getCpuFrequency() == eCF_160MHz);
	CHECK(!System.initialize()); // start-up code did that
}

void finish()
{
	simple.stop();
	repeating.stop();
	CHECK(order.startsWith("papm1")); // in order of their time
	CHECK(order.indexOf('A') > 0);	   // the one that deletes itself
	CHECK(repeats >= 3);
	CHECK(!once.isStarted() && !late.isStarted() && order.indexOf('!') < 0);
	whenDone();
}

void startTimers()
{
	Timer idle;
	CHECK(!idle.start() && !idle.setIntervalMs(0) && !idle.isStarted());
	idle.setCallback(plain);
	CHECK(!idle.start()); // no interval yet
	CHECK(idle.setIntervalUs(500) && idle.start() && idle.isStarted());
	idle.setCallback([]() { order += '!'; }); // stops it
	CHECK(!idle.isStarted() && idle.restart());
	CHECK_EQ(uint32_t(idle.initializeMs(1500, plain).getIntervalMs()), 1500u);
	CHECK_EQ(idle.getIntervalUs().toString(), "1500000us");
	CHECK(idle.initializeMs<5>([]() { order += '!'; }).startOnce());
	// and is deleted here, before it is due

	// One that fell behind runs once, not as often as it should have
	static unsigned lateRuns;
	Timer behind;
	behind.initializeUs(100, []() { ++lateRuns; }).start();
	CHECK(behind.setIntervalUs(200) && behind.isStarted());
	delay(2);
	TimerBase::runDue();
	CHECK_EQ(lateRuns, 1u);
	CHECK(TimerBase::nextDue() <= 200);
	behind.stop();

	order = "";
	CHECK(simple.initializeMs(1, plain).startOnce());
	CHECK(simpleArg.initializeMs<2>(withArg, &letter).startOnce());
	simple.restart();
	method.initializeMs<4>(TimerDelegate(&Target::method, &target)).startOnce();
	once.initializeUs(5000, [](void* arg) { order += *static_cast<char*>(arg); }, const_cast<char*>("1")).startOnce();
	CHECK(restarted.initializeMs(3, []() { order += 'p'; }).startOnce());
	repeating.initializeMs<2>([]() {
		if(++repeats == 5) {
			repeating.stop();
		}
	}).start();
	late.initializeMs(50, []() { order += '!'; }).start();
	late.stop();

	selfDeleting = new Timer;
	String captured("captured text that lives on the heap");
	selfDeleting->initializeMs(6, [captured]() {
		delete selfDeleting;
		selfDeleting = nullptr;
		CHECK_EQ(captured, "captured text that lives on the heap"); // outlives its timer
	});
	selfDeleting->startOnce();
	auto automatic = new AutoDeleteTimer;
	automatic->initializeMs(7, []() { order += 'A'; }).startOnce();

	static Timer changing; // replaces its own callback
	changing.initializeMs(8, [captured]() {
		changing.initializeMs(1, [captured]() {
			CHECK_EQ(captured.length(), size_t(36));
			order += 'C';
		});
		changing.startOnce();
		CHECK_EQ(captured.length(), size_t(36));
	});
	changing.startOnce();
	static unsigned again;
	static Timer restarting; // goes on from within its own callback
	restarting.initializeMs(1, []() {
		if(++again < 3) {
			restarting.startOnce();
		}
	});
	restarting.startOnce();
	guard.initializeMs(60, []() {
		CHECK_EQ(again, 3u);
		CHECK(order.indexOf('C') > 0 && selfDeleting == nullptr);
		finish();
	});
	guard.startOnce();
}
} // namespace

void testTimers(void (*done)())
{
	Check::group("Timers and tasks");
	whenDone = done;
	testPolled();
	CHECK(!System.isReady());
	CHECK(System.onReady([]() { readyCalled = true; }) && System.onReady(&readyHandler));
	System.queueCallback([]() {
		CHECK(readyCalled && System.isReady());
		CHECK_EQ(order, "R");
		testQueue();
		startTimers();
	});
}
