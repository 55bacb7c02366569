/**
 * Network::Link: the serial line of a chip as a network interface of lwIP, frames as in hal_chip.h.
 * Only for chips; on the host the operating system has the network.
 */
#pragma once

#include <IpAddress.h>
#include <cstdint>

namespace Network
{
namespace Link
{
/** Start lwIP and its one interface with the addresses below. Called once, before init(). */
void start();

/**
 * Run lwIP's timers and tell sockets what happened. Called in every turn of the main loop.
 * @return microseconds until it has to be called again
 */
uint32_t poll();

/** What the bridge expects of a device: its user-mode network has these addresses. */
const uint8_t defaultAddress[4] = {10, 0, 2, 15};
const uint8_t defaultNetmask[4] = {255, 255, 255, 0};
const uint8_t defaultGateway[4] = {10, 0, 2, 2};
const uint8_t defaultNameServer[4] = {10, 0, 2, 3};

void setAddress(IpAddress address, IpAddress netmask, IpAddress gateway);

} // namespace Link
} // namespace Network
