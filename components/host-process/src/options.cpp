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

bool setHeapTrace(Options& options, const char* value)
{
	options.heapTrace = value;
	return *value != '\0';
}

bool setFiles(Options& options, const char* value)
{
	options.files = value;
	return *value != '\0';
}

bool addMap(Options&, const char* value)
{
	if(strcmp(value, "free") == 0) {
		HostNetwork::mapToFreePorts();
		return true;
	}
	uint64_t from, to;
	const char* colon;
	return readUnsigned(value, UINT16_MAX, from, &colon) && *colon == ':' && readUnsigned(colon + 1, UINT16_MAX, to) &&
		   HostNetwork::mapPort(uint16_t(from), uint16_t(to));
}

bool addResolve(Options&, const char* value)
{
	return HostNetwork::addResolve(value);
}

const Description descriptions[] = {
	{"help", nullptr, nullptr, nullptr, "show this text and exit"},
	{"version", nullptr, nullptr, nullptr, "show the version and exit"},
	{"heap", "SIZE", setHeap, "bytes, or with K or M: 49152, 48K, 1M",
	 "the device's heap: allocations beyond it fail, as on a chip"},
	{"fail-alloc", "N", setFailAllocation, "a number from 1", "make the N-th allocation from start-up fail"},
	{"time", "TIME", setTime, "ISO 8601 (2030-01-31T12:00:00Z) or \"unset\"",
	 "start the device's clock at this time, or leave it unset as on a chip"},
	{"map", "PORT:HOSTPORT", addMap, "two ports (443:8443), at most 32 times, or \"free\"",
	 "when the device listens on PORT, listen on the host's HOSTPORT; \"free\": on any free port"},
	{"resolve", "HOST:PORT:ADDR[:PORT]", addResolve,
	 "a name, a port, an IPv4 address, perhaps another port (example.com:443:127.0.0.1:8443), at most 32 times",
	 "connect to ADDR instead of asking DNS for HOST"},
	{"files", "DIR", setFiles, "a folder",
	 "the folder with the device's files; by default \"files\" beside the program"},
	{"loopcount", "N", setLoopCount, "a number from 1", "end after N turns of the main loop"},
	{"duration", "SECONDS", setDuration, "seconds, also with a fraction: 10, 0.5", "end after this time"},
	{"report", "FILE", setReport, "a file name",
	 "write heap, ports, handshakes and errors to FILE as JSON, at the end and on SIGUSR1"},
	{"heap-trace", "FILE", setHeapTrace, "a file name", "write time, heap in use and events to FILE (CSV)"},
};

const Description* find(const char* name, size_t length)
{
	for(auto& d : descriptions) {
		if(strlen(d.name) == length && memcmp(d.name, name, length) == 0) {
			return &d;
		}
	}
	return nullptr;
}

/* Least number of letters to insert, delete or replace to get from one word to the other (Levenshtein). */
size_t distance(const char* a, size_t lengthA, const char* b)
{
	constexpr size_t longest = 24;
	size_t lengthB = strlen(b);
	if(lengthA > longest || lengthB > longest) {
		return SIZE_MAX;
	}
	size_t row[longest + 1];
	for(size_t j = 0; j <= lengthB; ++j) {
		row[j] = j;
	}
	for(size_t i = 1; i <= lengthA; ++i) {
		size_t diagonal = row[0];
		row[0] = i;
		for(size_t j = 1; j <= lengthB; ++j) {
			size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
			diagonal = row[j];
			row[j] = std::min(replaced, std::min(row[j], row[j - 1]) + 1);
		}
	}
	return row[lengthB];
}

/* `hasValue`: of two that are equally near, one that takes a value is meant. */
const Description& nearest(const char* name, size_t length, bool hasValue)
{
	const Description* best = descriptions;
	size_t bestDistance = SIZE_MAX;
	for(auto& d : descriptions) {
		size_t needed = distance(name, length, d.name);
		if(needed < bestDistance || (needed == bestDistance && hasValue && best->argument == nullptr)) {
			best = &d;
			bestDistance = needed;
		}
	}
	return *best;
}

void printHelp(const char* program)
{
	printf("usage: %s [OPTION...]\n\nRuns the application as on a device.\n\n", program);
	for(auto& d : descriptions) {
		char left[48];
		snprintf(left, sizeof(left), "--%s%s%s", d.name, d.argument == nullptr ? "" : "=",
				 d.argument == nullptr ? "" : d.argument);
		if(strlen(left) > 22) {
			printf("  %s\n  %-24s%s\n", left, "", d.help);
		} else {
			printf("  %-24s%s\n", left, d.help);
		}
	}
	printf("\nPorts below 1024 that are not mapped become port + 8000, unless run by root. "
		   "SIGINT and SIGTERM\nend the application in order, with exit status 0.\n");
}
} // namespace

ParseResult parseOptions(int argc, char* argv[], Options& options)
{
	const char* program = argc > 0 ? argv[0] : "firmware";
	for(int i = 1; i < argc; ++i) {
		const char* argument = argv[i];
		if(strncmp(argument, "--", 2) != 0 || argument[2] == '\0') {
			fprintf(stderr, "%s: unexpected argument \"%s\"; see --help\n", program, argument);
			return ParseResult::error;
		}
		const char* name = argument + 2;
		const char* value = strchr(name, '=');
		size_t length = value == nullptr ? strlen(name) : size_t(value - name);
		auto description = find(name, length);
		if(description == nullptr) {
			fprintf(stderr, "%s: no such option: --%.*s; did you mean --%s? See --help\n", program, int(length), name,
					nearest(name, length, value != nullptr).name);
			return ParseResult::error;
		}
		if(description->argument == nullptr) {
			if(value != nullptr) {
				fprintf(stderr, "%s: --%s takes no value\n", program, description->name);
				return ParseResult::error;
			}
			if(strcmp(description->name, "help") == 0) {
				printHelp(program);
			} else {
				printf("sming-host %s\n", SMING_VERSION);
			}
			return ParseResult::done;
		}
		if(value != nullptr) {
			++value;
		} else if(i + 1 < argc) {
			value = argv[++i];
		} else {
			fprintf(stderr, "%s: --%s needs a value: %s\n", program, description->name, description->expected);
			return ParseResult::error;
		}
		if(!description->set(options, value)) {
			fprintf(stderr, "%s: --%s: not valid: \"%s\"; expected %s\n", program, description->name, value,
					description->expected);
			return ParseResult::error;
		}
	}
	return ParseResult::run;
}
} // namespace HostProcess
