#include "Text.h"
#include <cstdio>

namespace Ssl
{
String timeToString(int64_t seconds)
{
	int64_t days = seconds / 86400;
	int32_t rest = int32_t(seconds % 86400);
	if(rest < 0) {
		rest += 86400;
		--days;
	}
	// Civil date from day number: years that begin in March put the leap day last; 400 years have 146097 days
	days += 719468; // from 0000-03-01 to 1970-01-01
	const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	const int32_t dayOfEra = int32_t(days - era * 146097);
	const int32_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
	const int32_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
	const int32_t marchMonth = (5 * dayOfYear + 2) / 153;
	const int day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
	const int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
	const int64_t year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
	if(year < 0 || year > 9999) {
		return F("a date beyond the year 9999");
	}
	char text[80]; // more than the compiler can imagine of seven integers
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", int(year), month, day, int(rest / 3600),
			 int(rest / 60 % 60), int(rest % 60));
	return text;
}

String printable(const char* text, size_t length)
{
	String result(text, length);
	if(result.length() == length) {
		for(size_t i = 0; i < length; ++i) {
			const auto c = uint8_t(text[i]);
			if(c < 0x20 || c == 0x7f) {
				result.setCharAt(i, '?');
			}
		}
	}
	return result;
}

} // namespace Ssl
