/**
 * SystemClock: date and time as far as the device knows them. On chips it is not set until somebody sets it
 * (NtpClient, the application); whoever judges dates must ask isSet() first.
 */
#pragma once

#include "DateTime.h"

/** What a time is given in. */
enum TimeZone {
	eTZ_UTC = 0,
	eTZ_Local = 1,
};
/** Whether the clock was ever set. */
enum SystemClockStatus {
	eSCS_Initial = 0, ///< never set
	eSCS_Set = 1,
};

/** The wall clock of the device; the object is `SystemClock`. */
class SystemClockClass
{
public:
	/** Seconds since 1970; 0 onwards from start-up while the clock is not set. */
	time_t now(TimeZone timeType = eTZ_Local) const;
	bool setTime(time_t time, TimeZone timeType = eTZ_Local);
	bool isSet() const;
	SystemClockStatus getStatus() const
	{
		return isSet() ? eSCS_Set : eSCS_Initial;
	}
	String getSystemTimeString(TimeZone timeType = eTZ_Local) const; ///< "31.12.2024 23:59:58"

	/** @param localTimezoneOffset hours east of UTC, -12..14. @return false outside of that */
	bool setTimeZone(float localTimezoneOffset);
	bool setTimeZoneOffset(int seconds);
	int getTimeZoneOffset() const ///< seconds
	{
		return zoneOffset;
	}

private:
	int zoneOffset = 0;
};

extern SystemClockClass SystemClock;
