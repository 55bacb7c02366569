#include "CallbackTimer.h"
#include "Clock.h"
#include "PolledTimer.h"
#include "hal.h"

namespace NanoTime
{
const char* unitToString(Unit unit)
{
	static const char* const names[] = {"ns", "us", "ms", "s", "m", "h", "d"};
	return unit <= Days ? names[unit] : "";
}

uint64_t convert(uint64_t time, Unit from, Unit to)
{
	uint64_t source = nanosecondsIn(from);
	uint64_t target = nanosecondsIn(to);
	// Every unit is a whole multiple of each smaller one
	if(source >= target) {
		uint64_t factor = source / target;
		return time > UINT64_MAX / factor ? UINT64_MAX : time * factor;
	}
	return time / (target / source);
}
} // namespace NanoTime

uint64_t PolledTimer::nowUs()
{
	return hal_time_us();
}

namespace
{
TimerBase* first; // started timers in order of dueUs
} // namespace

TimerBase::~TimerBase()
{
	stop();
}

void TimerBase::link()
{
	auto place = &first;
	// Behind those that are due at the same time: they were there first
	while(*place != nullptr && (*place)->dueUs <= dueUs) {
		place = &(*place)->next;
	}
	next = *place;
	*place = this;
}

void TimerBase::unlink()
{
	for(auto place = &first; *place != nullptr; place = &(*place)->next) {
		if(*place == this) {
			*place = next;
			break;
		}
	}
	next = nullptr;
}

bool TimerBase::start(bool repeat)
{
	stop();
	repeating = repeat;
	if(intervalUs == 0 || !hasCallback()) {
		return false;
	}
	dueUs = hal_time_us() + intervalUs;
	started = true;
	link();
	return true;
}

void TimerBase::stop()
{
	if(started) {
		unlink();
		started = false;
	}
}

bool TimerBase::setIntervalUs(uint64_t microseconds)
{
	constexpr uint64_t longest = UINT64_MAX / 2; // keeps dueUs from wrapping
	bool wasStarted = started;
	stop();
	intervalUs = microseconds < longest ? microseconds : longest;
	if(wasStarted && intervalUs != 0) {
		start(repeating);
	}
	return intervalUs != 0;
}

uint64_t TimerBase::runDue()
{
	// Timers that become due while others run wait for the next turn, so that this one comes to an end
	uint64_t now = hal_time_us();
	while(first != nullptr && first->dueUs <= now) {
		auto timer = first;
		timer->unlink();
		if(timer->repeating) {
			timer->dueUs += timer->intervalUs;
			if(timer->dueUs <= now) {
				timer->dueUs = now + timer->intervalUs;
			}
			timer->link();
		} else {
			timer->started = false;
		}
		timer->call();
	}
	return nextDue();
}

uint64_t TimerBase::nextDue()
{
	if(first == nullptr) {
		return UINT64_MAX;
	}
	uint64_t now = hal_time_us();
	return first->dueUs > now ? first->dueUs - now : 0;
}

Timer::~Timer()
{
	if(calling != nullptr) {
		*calling = false;
	}
}

void Timer::setCallback(TimerDelegate newCallback)
{
	stop();
	if(calling != nullptr) {
		*calling = false;
		calling = nullptr;
	}
	callback = std::move(newCallback);
}

void Timer::call()
{
	// The delegate runs from the stack: it may replace itself or delete the timer, and what it captured must
	// live until it returns
	TimerDelegate running(std::move(callback));
	// Meanwhile the member is a delegate that does nothing, so that start() within the callback works
	callback = []() {};
	bool unchanged = true;
	calling = &unchanged;
	running();
	if(unchanged) {
		calling = nullptr;
		callback = std::move(running);
	}
}

void AutoDeleteTimer::call()
{
	Timer::call();
	if(!isStarted()) {
		delete this;
	}
}

SimpleTimer::~SimpleTimer() = default;

void SimpleTimer::setCallback(InterruptCallback callback)
{
	stop();
	plain = callback;
	withArg = nullptr;
	arg = nullptr;
}

void SimpleTimer::setCallback(TimerCallback callback, void* argument)
{
	stop();
	plain = nullptr;
	withArg = callback;
	arg = argument;
}

void SimpleTimer::call()
{
	if(plain != nullptr) {
		plain();
	} else {
		withArg(arg);
	}
}

uint32_t millis()
{
	return uint32_t(hal_time_us() / 1000);
}

uint32_t micros()
{
	return uint32_t(hal_time_us());
}

void delay(uint32_t milliseconds)
{
	uint64_t end = hal_time_us() + uint64_t(milliseconds) * 1000;
	while(hal_time_us() < end) {
		hal_watchdog_feed();
	}
}

void delayMicroseconds(uint32_t microseconds)
{
	uint64_t end = hal_time_us() + microseconds;
	while(hal_time_us() < end) {
	}
}
