/** What a client's session.hostName is to an engine. Private to the adapters. */
#pragma once

#include <Network/Ssl/Session.h>

namespace Ssl
{
/**
 * The name for SNI (RFC 6066 §3): none for an IP literal, and without the trailing dot, which belongs to DNS.
 * A name that cannot be one is refused even if only pins count: it would not reach the right server.
 * @param name receives it, empty where none is to be sent
 * @return false with the error in the session
 */
bool getServerName(Session& session, String& name);

} // namespace Ssl
