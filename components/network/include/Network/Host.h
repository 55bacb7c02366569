/**
 * HostNetwork: what only the host build has, set by the command line of the emulator process.
 *
 * Tables hold 32 entries each and live in static memory.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace HostNetwork
{
/**
 * Let the application listen on another port of the host than it asked for (`--map 443:8443`).
 * Ports below 1024 that are not mapped become port + 8000 unless the process runs as root.
 * @param port      the application's port
 * @param hostPort  the host's port, 0: the kernel chooses a free one
 * @return false when the table is full or `port` is 0
 */
bool mapPort(uint16_t port, uint16_t hostPort);

/**
 * Let the kernel choose a free port of the host for every port that is not mapped (`--map free`). An application
 * that listens on the same port again gets the same one.
 */
void mapToFreePorts();

/** Port of the host on which listening on `port` happens; 0: a free one, chosen when that begins. */
uint16_t getHostPort(uint16_t port);

/** A port that the application listens on (TCP), and the port of the host behind it. */
struct Listening {
	uint16_t port;
	uint16_t hostPort;
};

/**
 * Where the application listens now. Beyond 32 at once there is no record of it.
 * @param list  room for `size` entries
 * @return number of entries written
 */
size_t getListening(Listening* list, size_t size);

/**
 * Answer a name without DNS (`--resolve HOST:PORT:ADDR[:PORT]`, as curl has it). Serves IP literals as well.
 * @param host     name, compared without regard to case; "*" stands for every name
 * @param port     port that is connected to, 0: every port
 * @param address  IPv4 address to use instead
 * @param toPort   port to use instead, 0: the same
 * @return false when the table is full, a name is too long (253) or `address` is no IPv4 address
 */
bool addResolve(const char* host, uint16_t port, const char* address, uint16_t toPort = 0);

/** Parse and add "HOST:PORT:ADDR[:PORT]". @return false when the text is not of this form or addResolve() refuses */
bool addResolve(const char* text);

} // namespace HostNetwork
