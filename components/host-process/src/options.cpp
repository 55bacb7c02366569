#include "options.h"
#include <DateTime.h>
#include <Network/Host.h>
#include <SmingVersion.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace HostProcess
{
namespace
{
using Setter = bool (*)(Options& options, const char* value);

struct Description {
	const char* name;	  /* without the dashes */
	const char* argument; /* as in the help; nullptr: takes none */
	Setter set;			  /* nullptr: handled by parseOptions() itself */
	const char* expected; /* says in an error message what a value looks like */
	const char* help;
};

bool readUnsigned(const char* text, uint64_t maximum, uint64_t& value, const char** end = nullptr)
{
	if(*text < '0' || *text > '9') {
		return false;
	}
	char* stop;
	errno = 0;
	unsigned long long number = strtoull(text, &stop, 10);
	if(errno != 0 || number > maximum || (end == nullptr && *stop != '\0')) {
		return false;
	}
	if(end != nullptr) {
		*end = stop;
	}
	value = number;
	return true;
}

bool setHeap(Options& options, const char* value)
{
	uint64_t number;
	const char* unit;
	if(!readUnsigned(value, SIZE_MAX, number, &unit)) {
		return false;
	}
	unsigned shift = 0;
	if(*unit == 'K' || *unit == 'k') {
		shift = 10;
	} else if(*unit == 'M' || *unit == 'm') {
		shift = 20;
	} else if(*unit != '\0') {
		return false;
	}
	if((shift != 0 && unit[1] != '\0') || number == 0 || number > (SIZE_MAX >> shift)) {
		return false;
	}
	options.heap = size_t(number) << shift;
	return true;
}

bool setFailAllocation(Options& options, const char* value)
{
	uint64_t number;
	bool ok = readUnsigned(value, UINT32_MAX, number) && number != 0;
	options.failAllocation = ok ? uint32_t(number) : 0;
	return ok;
}

bool setLoopCount(Options& options, const char* value)
{
	uint64_t number;
	bool ok = readUnsigned(value, UINT32_MAX, number) && number != 0;
	options.loopCount = ok ? uint32_t(number) : 0;
	return ok;
}

bool setDuration(Options& options, const char* value)
{
	// Read as digits rather than by strtod(), which takes "inf", "1e9" and hexadecimal too
	uint64_t seconds;
	const char* rest;
	if(!readUnsigned(value, 1000000000, seconds, &rest)) {
		return false;
	}
	uint64_t micros = 0;
	if(*rest == '.') {
		uint64_t weight = 100000;
		for(++rest; *rest >= '0' && *rest <= '9'; ++rest, weight /= 10) {
			micros += uint64_t(*rest - '0') * weight;
		}
	}
	options.durationUs = seconds * 1000000 + micros;
	return *rest == '\0' && options.durationUs != 0;
}

bool setTime(Options& options, const char* value)
{
	if(strcmp(value, "unset") == 0) {
		options.time = Options::Time::unset;
		return true;
	}
	DateTime time;
	if(!time.fromISO8601(value)) {
		return false;
	}
	options.time = Options::Time::set;
	options.unixTime = time.toUnixTime();
	return true;
}

bool setReport(Options& options, const char* value)
{
	options.report = value;
	return *value != '\0';
}

	return *value != '\0';
}

bool setFiles(Options& options, const char* value)
{
	options.files = value;
