#include "DateTime.h"
#include "stringutil.h"

namespace
{
const char dayNames[] PROGMEM = "Sunday\0Monday\0Tuesday\0Wednesday\0Thursday\0Friday\0Saturday\0";
const char monthNames[] PROGMEM = "January\0February\0March\0April\0May\0June\0July\0August\0September\0October\0"
								  "November\0December\0";
constexpr size_t shortName = 3; // letters of "Mon", "Jan"

const char* nameAt(const char* names, unsigned index)
{
	for(; index != 0; --index) {
		names += strlen(names) + 1;
	}
	return names;
}

// Days from 1970-01-01 to the first of March of a year that begins in March: leap days then come last
int64_t daysBeforeDate(int64_t year, int month, int day)
{
	int64_t shifted = year - (month < 2 ? 1 : 0);
	int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int64_t yearOfEra = shifted - era * 400;
	int64_t dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
	int64_t dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
	return era * 146097 + dayOfEra - 719468;
}

bool readDigits(const char*& text, unsigned digits, unsigned low, unsigned high, unsigned& value)
{
	unsigned number = 0;
	for(unsigned i = 0; i < digits; ++i) {
		if(text[i] < '0' || text[i] > '9') {
			return false;
		}
		number = number * 10 + unsigned(text[i] - '0');
	}
	if(number < low || number > high) {
		return false;
	}
	text += digits;
	value = number;
	return true;
}

bool readChar(const char*& text, char c)
{
	if(*text != c) {
		return false;
	}
	++text;
	return true;
}

bool readMonth(const char*& text, unsigned& month)
{
	for(unsigned i = 0; i < 12; ++i) {
		if(strncmp(text, nameAt(monthNames, i), shortName) == 0) {
			text += shortName;
			month = i;
			return true;
		}
	}
	return false;
}
} // namespace

bool DateTime::isLeapYear(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint8_t DateTime::getMonthDays(int month, int year)
{
	if(month == dtFebruary) {
		return isLeapYear(year) ? 29 : 28;
	}
	return month == dtApril || month == dtJune || month == dtSeptember || month == dtNovember ? 30 : 31;
}

String DateTime::getLocaleDayName(uint8_t day)
{
	return day < 7 ? String(nameAt(dayNames, day)) : nullptr;
}

String DateTime::getLocaleMonthName(uint8_t month)
{
	return month < 12 ? String(nameAt(monthNames, month)) : nullptr;
}

time_t DateTime::toUnixTime(int sec, int min, int hour, int day, int month, int year)
{
	return time_t(daysBeforeDate(year, month, day) * int64_t(SECS_PER_DAY) + int64_t(hour) * SECS_PER_HOUR +
				  int64_t(min) * SECS_PER_MIN + sec);
}

void DateTime::convertFromUnixTime(time_t time, uint8_t* sec, uint8_t* min, uint8_t* hour, uint8_t* day, uint8_t* wday,
								   uint8_t* month, uint16_t* year)
{
	DateTime dt(time);
	auto put = [](auto* place, auto value) {
		if(place != nullptr) {
			*place = value;
		}
	};
	put(sec, dt.Second);
	put(min, dt.Minute);
	put(hour, dt.Hour);
	put(day, dt.Day);
	put(wday, dt.DayofWeek);
	put(month, dt.Month);
	put(year, dt.Year);
}

void DateTime::setTime(time_t time)
{
	constexpr int64_t perDay = SECS_PER_DAY;
	int64_t days = time / perDay;
	int64_t rest = time % perDay;
	if(rest < 0) {
		rest += perDay;
		--days;
	}
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t dayOfEra = z - era * 146097;
	int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
	int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
	int64_t shifted = (5 * dayOfYear + 2) / 153; // months since March
	setTime(uint8_t(rest % 60), uint8_t(rest / 60 % 60), uint8_t(rest / 3600),
			uint8_t(dayOfYear - (153 * shifted + 2) / 5 + 1), uint8_t((shifted + 2) % 12),
			uint16_t(yearOfEra + era * 400 + (shifted >= 10 ? 1 : 0)));
}

void DateTime::setTime(uint8_t sec, uint8_t min, uint8_t hour, uint8_t day, uint8_t month, uint16_t year)
{
	Second = sec;
	Minute = min;
	Hour = hour;
	Day = day;
	Month = month;
	Year = year;
	Milliseconds = 0;
	int64_t days = daysBeforeDate(year, month, day);
	DayofWeek = uint8_t(((days + 4) % 7 + 7) % 7); // 1970-01-01 was a Thursday
	DayofYear = uint16_t(days - daysBeforeDate(year, dtJanuary, 1) + 1);
}

void DateTime::addMilliseconds(long add)
{
	int64_t ms = int64_t(Milliseconds) + add;
	int64_t seconds = ms / 1000;
	ms %= 1000;
	if(ms < 0) {
		ms += 1000;
		--seconds;
	}
	setTime(time_t(toUnixTime() + seconds));
	Milliseconds = uint16_t(ms);
}

String DateTime::toShortDateString() const
{
	return format("%d.%m.%Y");
}

String DateTime::toShortTimeString(bool includeSeconds) const
{
	return format(includeSeconds ? "%T" : "%R");
}

String DateTime::toFullDateTimeString() const
{
	return format("%d.%m.%Y %T");
}

String DateTime::toISO8601() const
{
	return format("%FT%TZ");
}

String DateTime::toHTTPDate() const
{
	return format("%a, %d %b %Y %T GMT");
}

String DateTime::format(const char* formatString) const
{
	String out;
	if(formatString == nullptr) {
		return out;
	}
	auto number = [&out](unsigned value, unsigned char width, char pad = '0') { out += String(value, 10, width, pad); };
	auto hour12 = [this]() { return unsigned(Hour % 12 == 0 ? 12 : Hour % 12); };
	out = "";
	for(const char* p = formatString; *p != '\0'; ++p) {
		if(*p != '%' || p[1] == '\0') {
			out += *p;
			continue;
		}
		switch(*++p) {
		case 'a':
			out += String(nameAt(dayNames, DayofWeek % 7), shortName);
			break;
		case 'A':
			out += nameAt(dayNames, DayofWeek % 7);
			break;
		case 'b':
		case 'h':
			out += String(nameAt(monthNames, Month % 12), shortName);
			break;
		case 'B':
			out += nameAt(monthNames, Month % 12);
			break;
		case 'c':
			out += format("%a %b %e %T %Y");
			break;
		case 'd':
			number(Day, 2);
			break;
		case 'D':
		case 'x':
			out += format("%m/%d/%y");
			break;
		case 'e':
			number(Day, 2, ' ');
			break;
		case 'F':
			out += format("%Y-%m-%d");
			break;
		case 'H':
			number(Hour, 2);
			break;
		case 'I':
			number(hour12(), 2);
			break;
		case 'j':
			number(DayofYear, 3);
			break;
		case 'm':
			number(Month + 1U, 2);
			break;
		case 'M':
			number(Minute, 2);
			break;
		case 'n':
			out += '\n';
			break;
		case 'p':
			out += Hour < 12 ? "AM" : "PM";
			break;
		case 'r':
			out += format("%I:%M:%S %p");
			break;
		case 'R':
			out += format("%H:%M");
			break;
		case 'S':
			number(Second, 2);
			break;
		case 't':
			out += '\t';
			break;
		case 'T':
		case 'X':
			out += format("%H:%M:%S");
			break;
		case 'u':
			number(DayofWeek == 0 ? 7 : DayofWeek, 1);
			break;
		case 'w':
			number(DayofWeek, 1);
			break;
		case 'y':
			number(Year % 100, 2);
			break;
		case 'Y':
			number(Year, 4);
			break;
		case '%':
			out += '%';
			break;
		default:
			out += '%';
			out += *p;
		}
	}
	return out;
}

bool DateTime::fromHttpDate(const String& httpDate)
{
	// "Sun, 06 Nov 1994 08:49:37 GMT" or "Sunday, 06-Nov-94 08:49:37 GMT"; the day's name is not checked
	int comma = httpDate.indexOf(", ");
	if(comma < 0) {
		return false;
	}
	const char* p = httpDate.c_str() + comma + 2;
	unsigned day, month, year, hour, minute, second;
	if(!readDigits(p, 2, 1, 31, day) || (*p != ' ' && *p != '-')) {
		return false;
	}
	char separator = *p++;
	if(!readMonth(p, month) || !readChar(p, separator)) {
		return false;
	}
	if(separator == ' ') {
		if(!readDigits(p, 4, 1, 9999, year)) {
			return false;
		}
	} else {
		if(!readDigits(p, 2, 0, 99, year)) {
			return false;
		}
		year += year < 70 ? 2000 : 1900;
	}
	// Second 60: a leap second
	if(!readChar(p, ' ') || !readDigits(p, 2, 0, 23, hour) || !readChar(p, ':') || !readDigits(p, 2, 0, 59, minute) ||
	   !readChar(p, ':') || !readDigits(p, 2, 0, 60, second) || strcmp(p, " GMT") != 0 ||
	   day > getMonthDays(int(month), int(year))) {
		return false;
	}
	setTime(toUnixTime(int(second), int(minute), int(hour), int(day), int(month), int(year)));
	return true;
}

bool DateTime::fromISO8601(const String& datetime)
{
	const char* p = datetime.c_str();
	unsigned year, month, day, hour = 0, minute = 0, second = 0, milliseconds = 0;
	if(!readDigits(p, 4, 1, 9999, year) || !readChar(p, '-') || !readDigits(p, 2, 1, 12, month) || !readChar(p, '-') ||
	   !readDigits(p, 2, 1, getMonthDays(int(month) - 1, int(year)), day)) {
		return false;
	}
	int offset = 0; // seconds east of UTC
	if(*p == 'T' || *p == ' ') {
		++p;
		if(!readDigits(p, 2, 0, 23, hour) || !readChar(p, ':') || !readDigits(p, 2, 0, 59, minute)) {
			return false;
		}
		if(readChar(p, ':') && !readDigits(p, 2, 0, 60, second)) {
			return false;
		}
		if(readChar(p, '.')) {
			unsigned digit, weight = 100;
			if(!readDigits(p, 1, 0, 9, digit)) {
				return false;
			}
			do {
				milliseconds += digit * weight;
				weight /= 10;
			} while(readDigits(p, 1, 0, 9, digit));
		}
		if(*p == '+' || *p == '-') {
			bool west = *p++ == '-';
			unsigned hours, minutes = 0;
			if(!readDigits(p, 2, 0, 23, hours)) {
				return false;
			}
			readChar(p, ':');
			if(*p != '\0' && !readDigits(p, 2, 0, 59, minutes)) {
				return false;
			}
			offset = int(hours * SECS_PER_HOUR + minutes * SECS_PER_MIN);
			offset = west ? -offset : offset;
		} else {
			readChar(p, 'Z');
		}
	}
	if(p != datetime.c_str() + datetime.length()) {
		return false;
	}
	setTime(toUnixTime(int(second), int(minute), int(hour), int(day), int(month) - 1, int(year)) - offset);
	Milliseconds = uint16_t(milliseconds);
	return true;
}
