/** Lookup side of Network/Host.h, for the backends. */
#pragma once

#include <IpAddress.h>
#include <cstdint>

namespace Network
{
namespace HostTables
{
/** Port of the host to bind to when the application listens on `port`. */
uint16_t listenPort(uint16_t port);

/** Listening on the application's `port` began, on `hostPort` of the host. */
void listeningBegan(uint16_t port, uint16_t hostPort);

/** It ended. */
void listeningEnded(uint16_t hostPort);

/** @return false when no entry is for this name and port; otherwise both are replaced */
bool resolve(const char* host, IpAddress& address, uint16_t& port);
} // namespace HostTables
} // namespace Network
