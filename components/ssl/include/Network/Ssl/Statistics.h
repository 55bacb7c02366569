/** Ssl::Statistics: counters over all sessions of the application, for reports. */
#pragma once

#include "Error.h"
#include <cstdint>

namespace Ssl
{
struct Statistics {
	uint32_t clientHandshakes; ///< completed as client
	uint32_t serverHandshakes; ///< completed as server
	uint32_t resumed;		   ///< of both, those that resumed a session
	uint32_t failed;		   ///< sessions that were refused or ended by an error, at any time
	Error lastError;		   ///< of the last one that failed
	uint32_t begun;			   ///< handshakes that were started, in either role
};

/** Changes under the hands of every session; reset it by assigning `{}`. */
extern Statistics statistics;

} // namespace Ssl
