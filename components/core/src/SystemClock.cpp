#include "SystemClock.h"
#include "hal.h"

SystemClockClass SystemClock;

time_t SystemClockClass::now(TimeZone timeType) const
{
	int64_t seconds;
	if(!hal_wall_clock_get(&seconds)) {
		seconds = int64_t(hal_time_us() / 1000000);
	}
	return time_t(seconds + (timeType == eTZ_Local ? zoneOffset : 0));
}

bool SystemClockClass::setTime(time_t time, TimeZone timeType)
{
	hal_wall_clock_set(int64_t(time) - (timeType == eTZ_Local ? zoneOffset : 0));
	return true;
}

bool SystemClockClass::isSet() const
{
	int64_t seconds;
	return hal_wall_clock_get(&seconds);
}

String SystemClockClass::getSystemTimeString(TimeZone timeType) const
{
	return DateTime(now(timeType)).toFullDateTimeString();
}

bool SystemClockClass::setTimeZone(float localTimezoneOffset)
{
	// Compared before it is converted: the conversion of a large number or NaN is undefined
	if(!(localTimezoneOffset >= -12.0f && localTimezoneOffset <= 14.0f)) {
		return false;
	}
	return setTimeZoneOffset(int(localTimezoneOffset * float(SECS_PER_HOUR)));
}

bool SystemClockClass::setTimeZoneOffset(int seconds)
{
	if(seconds < -12 * int(SECS_PER_HOUR) || seconds > 14 * int(SECS_PER_HOUR)) {
		return false;
	}
	zoneOffset = seconds;
	return true;
}
