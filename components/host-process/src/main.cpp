/*
 * Start-up code of an application that runs as a process on the host: options, main loop, report, exit.
 */
#include "HeapTrace.h"
#include "HostFiles.h"
#include "options.h"
#include "report.h"
#include <Memory.h>
#include <Platform/System.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <hal.h>
#include <hal_host.h>
#include <unistd.h>

namespace
{
HostProcess::Options options;
volatile sig_atomic_t stopSignal;
volatile sig_atomic_t reportWanted;
bool reported;
int exitStatus = EXIT_SUCCESS;

void report(const char* end, int status)
{
	HostProcess::endHeapTrace(end);
	if(options.report != nullptr && !reported) {
		reported = true;
		if(!HostProcess::writeReport(options.report, end, status) && exitStatus == EXIT_SUCCESS) {
			exitStatus = EXIT_FAILURE;
		}
	}
}

void onSignal(int number)
{
	stopSignal = number;
	hal_host_wake();
}

/* Somebody wants to know how things are, while they go on. */
void onReportWanted(int)
{
	reportWanted = 1;
	hal_host_wake();
}

/* A failed assertion, raised by the code that runs and not from outside: writing files is possible. */
void onAbort(int)
{
	hal_host_console_flush();
	report("abort", 128 + SIGABRT);
}

void catchSignals()
{
	struct sigaction action = {};
	action.sa_handler = onSignal;
	// A second one ends the process the hard way, should the application not come back to the main loop
	action.sa_flags = SA_RESETHAND;
	sigaction(SIGINT, &action, nullptr);
	sigaction(SIGTERM, &action, nullptr);
	action.sa_handler = onAbort;
	sigaction(SIGABRT, &action, nullptr);
	action.sa_handler = onReportWanted;
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, nullptr);
	// Writing to a connection or pipe that was closed is an error to be handled where it occurs
	signal(SIGPIPE, SIG_IGN);
}

/* The process ends without main() returning. */
void onEnd(const char* reason)
{
	bool restart = strcmp(reason, "restart") == 0;
	report(reason, restart ? EXIT_SUCCESS : 128 + SIGABRT);
}

void onExitStatus(int status, void*)
{
	report("exit", status);
}

void configure()
{
	if(options.time == HostProcess::Options::Time::set) {
		hal_host_set_wall_clock(options.unixTime);
	} else if(options.time == HostProcess::Options::Time::unset) {
		hal_host_unset_wall_clock();
	}
	if(options.heap != 0) {
		hal_host_set_heap_total(options.heap);
		Memory::setCap(options.heap);
	}
	HostProcess::useFiles(options.files);
	Memory::failAllocation(options.failAllocation);
}

/* @return why it ended */
const char* mainLoop()
{
	const bool hasEnd = options.durationUs != 0; // the clock is asked only if it matters: every turn would do so twice
	const uint64_t endUs = hasEnd ? hal_time_us() + options.durationUs : 0;
	for(uint32_t turn = 0; options.loopCount == 0 || turn < options.loopCount; ++turn) {
		if(hal_host_quit_requested(&exitStatus)) {
			return "quit";
		}
		if(stopSignal != 0) {
			return "signal";
		}
		if(hasEnd && hal_time_us() >= endUs) {
			return "duration";
		}
		if(reportWanted != 0) {
			reportWanted = 0;
			if(options.report != nullptr) {
				HostProcess::writeReport(options.report, "running", EXIT_SUCCESS);
			}
		}
		uint64_t pause = System.poll();
		HostProcess::continueHeapTrace();
		if(hal_host_quit_requested(&exitStatus) || stopSignal != 0) {
			pause = 0;
		}
		if(hasEnd) {
			const uint64_t now = hal_time_us();
			const uint64_t left = endUs > now ? endUs - now : 0;
			pause = pause < left ? pause : left;
		}
		hal_idle(uint32_t(pause));
	}
	return "loopcount";
}
} // namespace

int main(int argc, char* argv[])
{
	switch(HostProcess::parseOptions(argc, argv, options)) {
	case HostProcess::ParseResult::done:
		return EXIT_SUCCESS;
	case HostProcess::ParseResult::error:
		return 2;
	case HostProcess::ParseResult::run:
		break;
	}
	catchSignals();
	hal_host_on_end(onEnd);
	on_exit(onExitStatus, nullptr);
	configure();
	if(options.heapTrace != nullptr && !HostProcess::beginHeapTrace(options.heapTrace)) {
		return EXIT_FAILURE;
	}

	System.initialize();
	init();
	const char* end = mainLoop();

	// The report shows what is held while the application runs, not what is left after it is gone
	report(end, exitStatus);
	Memory::failAllocation(0);
	System.shutdown();
	hal_host_console_flush();
	return exitStatus;
}
