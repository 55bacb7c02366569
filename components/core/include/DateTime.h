/**
 * DateTime: calendar date and time of day (Gregorian, no leap seconds), years 1 to 9999.
 */
#pragma once

#include "WString.h"
#include <ctime>

/** Day of the week, as tm_wday counts. */
enum dtDays_t { dtSunday, dtMonday, dtTuesday, dtWednesday, dtThursday, dtFriday, dtSaturday };
/** Month, from 0 for January, as tm_mon counts. */
enum dtMonth_t {
	dtJanuary,
	dtFebruary,
	dtMarch,
	dtApril,
	dtMay,
	dtJune,
	dtJuly,
	dtAugust,
	dtSeptember,
	dtOctober,
	dtNovember,
	dtDecember,
};

#define SECS_PER_MIN 60U
#define SECS_PER_HOUR 3600U
#define SECS_PER_DAY 86400U

class DateTime
{
public:
	DateTime() = default;
	DateTime(time_t time)
	{
		setTime(time);
	}

	operator time_t() const
	{
		return toUnixTime();
	}
	time_t toUnixTime() const
	{
		return toUnixTime(Second, Minute, Hour, Day, Month, Year);
	}
	void setTime(time_t time); ///< seconds since 1970-01-01T00:00:00
	/** @param month 0..11 @param year as 2024 */
	void setTime(uint8_t sec, uint8_t min, uint8_t hour, uint8_t day, uint8_t month, uint16_t year);
	bool isNull() const ///< nothing was set
	{
		return Second == 0 && Minute == 0 && Hour == 0 && Day == 0 && Month == 0 && Year == 0 && Milliseconds == 0;
	}
	void addMilliseconds(long add);

	String toShortDateString() const;								///< "31.12.2024"
	String toShortTimeString(bool includeSeconds = false) const;	///< "23:59" or "23:59:58"
	String toFullDateTimeString() const;							///< "31.12.2024 23:59:58"
	String toISO8601() const;										///< "2024-12-31T23:59:58Z"
	String toHTTPDate() const;										///< "Tue, 31 Dec 2024 23:59:58 GMT" (RFC 9110 §5.6.7)
	/** As strftime in the C locale, with the conversions a A b B c d D e F H I j m M n p r R S t T u w x X y Y %. */
	String format(const char* formatString) const;

	/** Read an HTTP date: IMF-fixdate, also the obsolete RFC 850 form. @return false when it is neither; nothing changed */
	bool fromHttpDate(const String& httpDate);
	/** Read "2024-12-31", "2024-12-31T23:59", "…:58", "….123", each with "Z", "+01:00" or nothing (UTC). @return false when it is not that; nothing changed */
	bool fromISO8601(const String& datetime);

	static void convertFromUnixTime(time_t time, uint8_t* sec, uint8_t* min, uint8_t* hour, uint8_t* day, uint8_t* wday,
									uint8_t* month, uint16_t* year);
	/** @param month 0..11 */
	static time_t toUnixTime(int sec, int min, int hour, int day, int month, int year);
	static bool isLeapYear(int year);
	static uint8_t getMonthDays(int month, int year); ///< month 0..11
	static String getLocaleDayName(uint8_t day);	  ///< "Sunday"…, 0..6
	static String getLocaleMonthName(uint8_t month);  ///< "January"…, 0..11

	uint8_t Second = 0;
	uint8_t Minute = 0;
	uint8_t Hour = 0;
	uint8_t Day = 0;
	uint8_t DayofWeek = 0; ///< 0 = Sunday
	uint16_t DayofYear = 0; ///< 1 = 1st of January
	uint8_t Month = 0;	 ///< 0 = January
	uint16_t Milliseconds = 0;
	uint16_t Year = 0;
};
