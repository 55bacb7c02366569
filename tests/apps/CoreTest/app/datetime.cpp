#include "tests.h"
#include <SystemClock.h>

namespace
{
void testConversion()
{
	// Every 10 days and some seconds from year 1600 to 2400, there and back
	for(int64_t t = -11676096000; t < 13569465600; t += 864000 + 12345) {
		DateTime dt{time_t(t)};
		if(dt.toUnixTime() != time_t(t) || dt.Month > 11 || dt.Day < 1 ||
		   dt.Day > DateTime::getMonthDays(dt.Month, dt.Year)) {
			CHECK_EQ(dt.toUnixTime(), time_t(t));
		}
	}
	DateTime dt(951782399); // the second before 29 February 2000
	CHECK_EQ(dt.toISO8601(), "2000-02-28T23:59:59Z");
	dt.addMilliseconds(1500);
	CHECK_EQ(dt.toISO8601(), "2000-02-29T00:00:00Z");
	CHECK_EQ(dt.Milliseconds, 500);
	CHECK(dt.DayofWeek == dtTuesday && dt.DayofYear == 60);
	dt.addMilliseconds(-501);
	CHECK(dt.toUnixTime() == 951782399 && dt.Milliseconds == 999);
	CHECK(DateTime::isLeapYear(2000) && !DateTime::isLeapYear(1900) && DateTime::isLeapYear(2024));
	CHECK_EQ(DateTime::getMonthDays(dtFebruary, 2023), 28);
	CHECK_EQ(DateTime(0).toISO8601(), "1970-01-01T00:00:00Z");
	CHECK_EQ(DateTime(-1).toISO8601(), "1969-12-31T23:59:59Z");
	CHECK(DateTime().isNull() && !DateTime(0).isNull());
	CHECK_EQ(DateTime(4102444800).toISO8601(), "2100-01-01T00:00:00Z");
	uint8_t sec, hour, wday;
	uint16_t year;
	DateTime::convertFromUnixTime(86399, &sec, nullptr, &hour, nullptr, &wday, nullptr, &year);
	CHECK(sec == 59 && hour == 23 && wday == dtThursday && year == 1970);
}

void testFormat()
{
	DateTime dt(784111777); // RFC 9110's example
	CHECK_EQ(dt.toHTTPDate(), "Sun, 06 Nov 1994 08:49:37 GMT");
	CHECK_EQ(dt.toShortDateString(), "06.11.1994");
	CHECK_EQ(dt.toShortTimeString(), "08:49");
	CHECK_EQ(dt.toShortTimeString(true), "08:49:37");
	CHECK_EQ(dt.toFullDateTimeString(), "06.11.1994 08:49:37");
	CHECK_EQ(dt.format("%A %B %e|%j|%I%p|%y|%u%w|%D|%r|%%|%Q|%"), "Sunday November  6|310|08AM|94|70|11/06/94|08:49:37 AM|%|%Q|%");
	CHECK_EQ(dt.format("%c|%h|%n|%t|%R|%x|%X"), "Sun Nov  6 08:49:37 1994|Nov|\n|\t|08:49|11/06/94|08:49:37");
	CHECK_EQ(DateTime::getLocaleDayName(6), "Saturday");
	CHECK_EQ(DateTime::getLocaleMonthName(11), "December");
	CHECK(DateTime::getLocaleMonthName(12).isNull() && DateTime::getLocaleDayName(7).isNull());
	CHECK(dt.format(nullptr).isNull());
	Check::withFailingMemory([&dt]() {
		String s = dt.toHTTPDate();
		CHECK(s.isNull() || s == "Sun, 06 Nov 1994 08:49:37 GMT");
	});
}

void testParse()
{
	DateTime dt;
	CHECK(dt.fromHttpDate("Sun, 06 Nov 1994 08:49:37 GMT") && dt.toUnixTime() == 784111777);
	CHECK(dt.fromHttpDate("Sunday, 06-Nov-94 08:49:37 GMT") && dt.toUnixTime() == 784111777);
	CHECK(!dt.fromHttpDate("Sun, 31 Nov 1994 08:49:37 GMT"));
	CHECK(!dt.fromHttpDate("Sun, 06 Nov 1994 08:49:37") && !dt.fromHttpDate("") && !dt.fromHttpDate("x, "));
	CHECK(!dt.fromHttpDate("Sun, 06 Nov 1994 24:49:37 GMT") && !dt.fromHttpDate("Sun, 06 Now 1994 08:49:37 GMT"));
	CHECK_EQ(dt.toUnixTime(), time_t(784111777)); // as it was
	CHECK(dt.fromISO8601("2030-01-31T12:00:00Z") && dt.toUnixTime() == 1896091200);
	CHECK(dt.fromISO8601("2030-01-31T13:30+01:30") && dt.toUnixTime() == 1896091200);
	CHECK(dt.fromISO8601("2030-01-31T07:00:00-0500") && dt.toUnixTime() == 1896091200);
	CHECK(dt.fromISO8601("2030-01-31 12:00:00.25") && dt.Milliseconds == 250);
	CHECK(dt.fromISO8601("2024-02-29") && dt.toUnixTime() == 1709164800);
	const char* bad[] = {"",			   "2023-02-29",		  "2030-13-01",			  "2030-01-31T25:00Z",
						 "2030-01-31T12",  "2030-01-31T12:00:00Y", "2030-01-31T12:00:00ZZ", "30-01-31",
						 "2030-1-31",	   "2030-01-31T12:00:",	  "2030-01-31T12:00+1",	  "2030-01-31T12:00:00."};
	for(auto text : bad) {
		CHECK(!dt.fromISO8601(text));
	}
	CHECK(!dt.fromISO8601(String("2030-01-31\0", 11)));
	CHECK_EQ(dt.toUnixTime(), time_t(1709164800));
}

void testClock()
{
	CHECK(SystemClock.isSet()); // the host's clock
	CHECK(SystemClock.getStatus() == eSCS_Set && SystemClock.now(eTZ_UTC) > 1700000000);
	hal_host_unset_wall_clock();
	CHECK(!SystemClock.isSet() && SystemClock.getStatus() == eSCS_Initial && SystemClock.now(eTZ_UTC) < 100000);
	CHECK(SystemClock.setTime(1000000000, eTZ_UTC) && SystemClock.isSet());
	CHECK(SystemClock.setTimeZone(2.0) && SystemClock.getTimeZoneOffset() == 7200);
	CHECK_EQ(SystemClock.now() - SystemClock.now(eTZ_UTC), time_t(7200));
	CHECK_EQ(SystemClock.getSystemTimeString(eTZ_UTC), "09.09.2001 01:46:40");
	CHECK(SystemClock.setTime(1000000000, eTZ_Local));
	CHECK_EQ(SystemClock.now(eTZ_UTC), time_t(1000000000 - 7200));
	CHECK(!SystemClock.setTimeZone(15) && !SystemClock.setTimeZone(-13) && !SystemClock.setTimeZone(0.0f / 0.0f));
	CHECK(SystemClock.setTimeZone(0));
}
} // namespace

void testDateTime()
{
	Check::group("Date and time");
	testConversion();
	testFormat();
	testParse();
	testClock();
}
