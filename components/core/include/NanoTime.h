/**
 * NanoTime: a duration with its unit.
 */
#pragma once

#include "WString.h"

namespace NanoTime
{
/** Units of time, from the shortest to the longest. */
enum Unit : uint8_t { Nanoseconds, Microseconds, Milliseconds, Seconds, Minutes, Hours, Days };

/** Length of a unit in nanoseconds. */
constexpr uint64_t nanosecondsIn(Unit unit)
{
	return unit == Nanoseconds	  ? 1ULL
		   : unit == Microseconds ? 1000ULL
		   : unit == Milliseconds ? 1000000ULL
		   : unit == Seconds	  ? 1000000000ULL
		   : unit == Minutes	  ? 60000000000ULL
		   : unit == Hours		  ? 3600000000000ULL
								  : 86400000000000ULL;
}

/** "ns", "us", "ms", "s", "m", "h", "d" */
const char* unitToString(Unit unit);

/** Convert between units, towards zero; saturates at the largest value. */
uint64_t convert(uint64_t time, Unit from, Unit to);

/** A count of `unit`s. Converts to the plain number. */
template <typename T> struct Time {
	constexpr Time(Unit unit, T time) : unit_(unit), time_(time)
	{
	}
	constexpr operator T() const
	{
		return time_;
	}
	constexpr Unit unit() const
	{
		return unit_;
	}
	/** Whole units of another size. */
	template <Unit to> Time<T> as() const
	{
		uint64_t value = convert(uint64_t(time_), unit_, to);
		return Time<T>(to, value > uint64_t(T(-1)) ? T(-1) : T(value));
	}
	/** "250ms" */
	String toString() const
	{
		return String(time_) + unitToString(unit_);
	}
	operator String() const
	{
		return toString();
	}
	template <class P> size_t printTo(P& p) const
	{
		return p.print(time_) + p.print(unitToString(unit_));
	}

private:
	Unit unit_;
	T time_;
};
} // namespace NanoTime
