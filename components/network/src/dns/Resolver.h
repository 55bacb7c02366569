/** The seam below NameLookup: the host's resolver thread, or lwIP's dns_gethostbyname(). */
#pragma once

#include <IpAddress.h>
#include <cstdint>

namespace Network
{
class NameLookup;

namespace Resolver
{
/** Names that need no query: addresses, and on host the table of `--resolve`. May replace the port. */
bool resolveLocally(const char* host, IpAddress& address, uint16_t& port);

/** Begin a query. @return slot number for cancel(), -1 when all are taken; NameLookup::complete() follows from the main loop */
int start(const char* host, NameLookup& owner);

/** Nobody wants the answer any more. */
void cancel(int slot);

} // namespace Resolver
} // namespace Network
