/** Time and randomness of a session, so that a test can give its own and repeat a handshake byte by byte. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Ssl
{
/** Where a session gets time and randomness from. */
struct Environment {
	/** Seconds since 1970-01-01T00:00:00Z into `seconds`; false while no clock is set: dates are then not judged, and refused. */
	bool (*getTime)(const Environment& self, int64_t& seconds);
	/** Fill with cryptographically secure random bytes; false when the source is not fit for use: TLS is then refused. */
	bool (*getRandom)(const Environment& self, void* buffer, size_t length);
	/** For the owner. */
	void* param;

	/** The device's own clock and generator, through hal.h. */
	static const Environment system;
};

} // namespace Ssl
