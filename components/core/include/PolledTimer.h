/**
 * Timers that are asked: OneShotFastMs, PeriodicFastMs and their relatives. They start when constructed and
 * cost no interrupt and no callback.
 */
#pragma once

#include "NanoTime.h"

namespace PolledTimer
{
/** Time since start in microseconds, as hal_time_us(). */
uint64_t nowUs();

/** Tells how long ago it was started, and whether an interval is over; nothing is called when it is. */
template <NanoTime::Unit unit> class Timer
{
public:
	/** @param interval after which expired() is true; 0 never expires */
	explicit Timer(uint32_t interval = 0)
	{
		reset(interval);
	}
	/** Start with a new interval. */
	void reset(uint32_t interval)
	{
		intervalUs = NanoTime::convert(interval, unit, NanoTime::Microseconds);
		start();
	}
	template <uint32_t interval> void reset()
	{
		reset(interval);
	}
	/** Start anew with the same interval. */
	void start()
	{
		startUs = nowUs();
	}
	/** Never expire. */
	void cancel()
	{
		intervalUs = 0;
	}
	/** Time since the start, in units of this timer. */
	NanoTime::Time<uint32_t> elapsedTime() const
	{
		return NanoTime::Time<uint32_t>(unit, toUnits(nowUs() - startUs));
	}
	/** Time until it expires, 0 when it has or there is no interval. */
	NanoTime::Time<uint32_t> remainingTime() const
	{
		uint64_t elapsed = nowUs() - startUs;
		return NanoTime::Time<uint32_t>(unit, elapsed < intervalUs ? toUnits(intervalUs - elapsed) : 0);
	}
	/** When it started, in units since start-up. */
	NanoTime::Time<uint32_t> startTime() const
	{
		return NanoTime::Time<uint32_t>(unit, toUnits(startUs));
	}
	bool canExpire() const
	{
		return intervalUs != 0;
	}

protected:
	bool isDue() const
	{
		return intervalUs != 0 && nowUs() - startUs >= intervalUs;
	}
	static uint32_t toUnits(uint64_t us)
	{
		uint64_t value = NanoTime::convert(us, NanoTime::Microseconds, unit);
		return value > UINT32_MAX ? UINT32_MAX : uint32_t(value);
	}

	uint64_t startUs;
	uint64_t intervalUs;
};

/** Expires once and stays expired. */
template <NanoTime::Unit unit> class OneShot : public Timer<unit>
{
public:
	using Timer<unit>::Timer;
	bool expired() const
	{
		return this->isDue();
	}
};

/** After each time expired() was true the next interval begins, without drift. */
template <NanoTime::Unit unit> class Periodic : public Timer<unit>
{
public:
	using Timer<unit>::Timer;
	bool expired()
	{
		if(!this->isDue()) {
			return false;
		}
		uint64_t periods = (nowUs() - this->startUs) / this->intervalUs;
		this->startUs += periods * this->intervalUs;
		return true;
	}
};
} // namespace PolledTimer

using OneShotFastMs = PolledTimer::OneShot<NanoTime::Milliseconds>;
using PeriodicFastMs = PolledTimer::Periodic<NanoTime::Milliseconds>;
using OneShotFastUs = PolledTimer::OneShot<NanoTime::Microseconds>;
using PeriodicFastUs = PolledTimer::Periodic<NanoTime::Microseconds>;
using OneShotElapseTimer = OneShotFastUs;
using ElapseTimer = OneShotFastUs;
