/* Command line of the emulated device. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace HostProcess
{
struct Options {
	size_t heap = 0;			   /* bytes, 0: no limit */
	uint32_t failAllocation = 0;   /* 0: none */
	uint32_t loopCount = 0;		   /* turns of the main loop, 0: no limit */
	uint64_t durationUs = 0;	   /* 0: no limit */
	const char* report = nullptr;  /* file name */
	const char* heapTrace = nullptr; /* file name */
	const char* files = nullptr;   /* folder, nullptr: the one beside the program */
	enum class Time { host, set, unset } time = Time::host;
	int64_t unixTime = 0; /* with Time::set */
};

enum class ParseResult {
	run,   /* go on */
	done,  /* --help or --version was answered */
	error, /* the message was printed */
};

/*
 * Read the command line. Port maps and names to resolve go straight to HostNetwork. Messages go to stdout
 * (help) and stderr (errors).
 */
ParseResult parseOptions(int argc, char* argv[], Options& options);
} // namespace HostProcess
