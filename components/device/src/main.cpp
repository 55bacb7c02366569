/*
 * main() of a chip: start-up of the framework, then the main loop. What host-process is on the host.
 */
#include "Files.h"
#include <Network/Link.h>
#include <Platform/System.h>
#include <hal.h>
#include <hal_chip.h>

extern void init();

// Linked only if the application has to do with files
FileStore* platformFileStore()
{
	return &Device::files();
}

int main()
{
	System.initialize();
	Network::Link::start();
	hal_link_ask_time();
	init();
	for(;;) {
		uint32_t pause = System.poll();
		uint32_t network = Network::Link::poll();
		hal_idle(pause < network ? pause : network);
	}
}
