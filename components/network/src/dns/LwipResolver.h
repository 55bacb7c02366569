/** Resolver over lwIP: what the main loop has to do for it. */
#pragma once

namespace Network
{
namespace Resolver
{
/** Hand out the answers that came. @return true if there is more to do at once */
bool deliver();
} // namespace Resolver
} // namespace Network
