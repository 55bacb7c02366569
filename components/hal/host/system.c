/* Heap, restart, and what a PC has no equivalent of. */
#include "hal.h"
#include "hal_host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t heap_total; /* 0: as much as the machine has */
static void (*end_callback)(const char* reason);
static bool quit_requested;
static int quit_status;
static uint32_t frequency = 160;

void hal_host_set_heap_total(size_t bytes)
{
	heap_total = bytes;
}

void* hal_heap_allocate(size_t size)
{
	return malloc(size);
}

void hal_heap_release(void* block)
{
	free(block);
}

static size_t memory_of_machine(int name)
{
	long pages = sysconf(name);
	long page_size = sysconf(_SC_PAGESIZE);
	return pages > 0 && page_size > 0 ? (size_t)pages * (size_t)page_size : 0;
}

/* Asked for at every connection, and slow to find out: an answer is good for a while. */
size_t hal_heap_free(void)
{
	enum { refresh_us = 100000 };
	static size_t bytes;
	static uint64_t known_until;
	uint64_t now = hal_time_us();
	if(known_until == 0 || now >= known_until) {
		bytes = memory_of_machine(_SC_AVPHYS_PAGES);
		known_until = now + refresh_us;
	}
	return bytes;
}

size_t hal_heap_total(void)
{
	return heap_total != 0 ? heap_total : memory_of_machine(_SC_PHYS_PAGES);
}

size_t hal_stack_peak(void)
{
	return 0;
}

void hal_watchdog_feed(void)
{
}

void hal_host_quit(int status)
{
	if(!quit_requested) {
		quit_requested = true;
		quit_status = status;
	}
	hal_host_wake();
}

bool hal_host_quit_requested(int* status)
{
	if(quit_requested) {
		*status = quit_status;
	}
	return quit_requested;
}

void hal_host_on_end(void (*callback)(const char* reason))
{
	end_callback = callback;
}

static void tell_end(const char* reason)
{
	void (*callback)(const char*) = end_callback;
	end_callback = NULL; /* once, even if it panics itself */
	if(callback != NULL) {
		callback(reason);
	}
	hal_host_console_flush();
}

void hal_restart(void)
{
	tell_end("restart");
	exit(EXIT_SUCCESS);
}

void hal_panic(const char* message)
{
	tell_end(message);
	fprintf(stderr, "panic: %s\n", message);
	abort();
}

uint32_t hal_chip_id(void)
{
	/* FNV-1a over the id that systemd and dbus keep: stable on one machine, different on another */
	uint32_t hash = 2166136261u;
	FILE* file = fopen("/etc/machine-id", "re");
	if(file != NULL) {
		int c;
		while((c = fgetc(file)) != EOF) {
			hash = (hash ^ (uint8_t)c) * 16777619u;
		}
		fclose(file);
	}
	return hash;
}

uint32_t hal_cpu_frequency_get(void)
{
	return frequency;
}

bool hal_cpu_frequency_set(uint32_t mhz)
{
	frequency = mhz;
	return true;
}
