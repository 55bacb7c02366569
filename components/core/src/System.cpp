#include "Platform/System.h"
#include "CallbackTimer.h"
#include "HardwareSerial.h"
#include "WVector.h"
#include "esp_systemapi.h"
#include "hal.h"
#include <new>

SystemClass System;
SystemState SystemClass::state;
unsigned SystemClass::maxTaskCount;

namespace
{
constexpr uint32_t longestPause = 1000000; // µs between turns of the main loop

// Made on first use and never destroyed: constructors and destructors of the application's static objects may
// queue callbacks, too. shutdown() empties them.
template <class T> T& immortal()
{
	alignas(T) static unsigned char storage[sizeof(T)];
	static T* instance = new(storage) T;
	return *instance;
}

// Callbacks that wait, oldest at `taken`
struct TaskQueue {
	TaskDelegate tasks[TASK_QUEUE_LENGTH];
	unsigned taken = 0;
	unsigned count = 0;
};
TaskQueue& queue()
{
	return immortal<TaskQueue>();
}

Vector<SystemReadyDelegate>& readyHandlers()
{
	return immortal<Vector<SystemReadyDelegate>>();
}

bool restartWanted;
uint64_t restartAtUs;
} // namespace

bool SystemClass::initialize()
{
	if(state != eSS_None) {
		return false;
	}
	state = eSS_Initializing;
	hal_time_us(); // time begins here
	return true;
}

bool SystemClass::onReady(SystemReadyDelegate readyHandler)
{
	return isReady() ? queueCallback(std::move(readyHandler)) : readyHandlers().add(std::move(readyHandler));
}

bool SystemClass::queueCallback(TaskDelegate callback)
{
	auto& q = queue();
	if(!callback || q.count == TASK_QUEUE_LENGTH) {
		return false;
	}
	q.tasks[(q.taken + q.count) % TASK_QUEUE_LENGTH] = std::move(callback);
	++q.count;
	if(q.count > maxTaskCount) {
		maxTaskCount = q.count;
	}
	return true;
}

uint32_t SystemClass::poll()
{
	if(state != eSS_Ready) {
		state = eSS_Ready;
		auto handlers(std::move(readyHandlers()));
		for(auto& handler : handlers) {
			handler();
		}
	}

	Serial.poll();
	uint64_t pause = TimerBase::runDue();

	// Only what waits now: a callback that queues itself again must not hold up the network
	auto& q = queue();
	const bool any = q.count != 0;
	for(unsigned n = q.count; n != 0 && q.count != 0; --n) {
		auto task = std::move(q.tasks[q.taken]);
		q.taken = (q.taken + 1) % TASK_QUEUE_LENGTH;
		--q.count;
		task();
	}

	if(q.count != 0) {
		return 0;
	}
	if(any) {
		pause = TimerBase::nextDue(); // tasks took time, and may have started timers
	}
	if(restartWanted) {
		uint64_t now = hal_time_us();
		if(now >= restartAtUs) {
			hal_restart();
		}
		pause = restartAtUs - now < pause ? restartAtUs - now : pause;
	}
	return pause < longestPause ? uint32_t(pause) : longestPause;
}

void SystemClass::restart(unsigned deferMillis)
{
	restartWanted = true;
	restartAtUs = hal_time_us() + uint64_t(deferMillis) * 1000;
}

bool SystemClass::setCpuFrequency(CpuFrequency freq)
{
	return hal_cpu_frequency_set(freq);
}

CpuFrequency SystemClass::getCpuFrequency()
{
	return CpuFrequency(hal_cpu_frequency_get());
}

void SystemClass::shutdown()
{
	auto& q = queue();
	while(q.count != 0) {
		q.tasks[q.taken] = nullptr;
		q.taken = (q.taken + 1) % TASK_QUEUE_LENGTH;
		--q.count;
	}
	readyHandlers() = Vector<SystemReadyDelegate>();
}
