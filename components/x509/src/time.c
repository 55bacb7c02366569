#include "internal.h"

/** Two decimal digits, or -1. */
static int two_digits(const uint8_t *text)
{
	if(text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
		return -1;
	}
	return (text[0] - '0') * 10 + (text[1] - '0');
}

static bool is_leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/** Days from 1970-01-01 to the first of a month (proleptic Gregorian calendar), year 0 to 9999. */
static int32_t days_to_month(int year, int month)
{
	static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int32_t years = year - 1;
	int32_t days = 365 * (int32_t)year + ((years >= 0) ? years / 4 - years / 100 + years / 400 + 1 : 0);

	days += before[month - 1];
	if(month > 2 && is_leap_year(year)) {
		++days;
	}
	return days - 719528; // 1970-01-01
}

bool x509_parse_time(uint8_t tag, const uint8_t *text, size_t length, bool any_form, int64_t *seconds)
{
	static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year;

	// RFC 5280 §4.1.2.5.1, §4.1.2.5.2: seconds are there, fractions and offsets are not
	if(tag == DER_UTC_TIME) {
		if(length != 13) {
			return false;
		}
		year = two_digits(text);
		if(year < 0) {
			return false;
		}
		year += (year >= 50) ? 1900 : 2000;
		text += 2;
	} else {
		if(length != 15) {
			return false;
		}
		int century = two_digits(text);
		year = two_digits(text + 2);
		if(century < 0 || year < 0) {
			return false;
		}
		year += century * 100;
		if(!any_form && year >= 1950 && year < 2050) {
			return false; // §4.1.2.5: these years are written as UTCTime
		}
		text += 4;
	}

	int month = two_digits(text);
	int day = two_digits(text + 2);
	int hour = two_digits(text + 4);
	int minute = two_digits(text + 6);
	int second = two_digits(text + 8);
	if(text[10] != 'Z' || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	   second < 0 || second > 59) {
		return false;
	}
	int last = month_days[month - 1] + ((month == 2 && is_leap_year(year)) ? 1 : 0);
	if(day > last) {
		return false;
	}
	int32_t days = days_to_month(year, month) + day - 1;
	*seconds = (int64_t)days * 86400 + (int64_t)hour * 3600 + minute * 60 + second;
	return true;
}
