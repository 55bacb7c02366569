#include <Network/Ssl/Environment.h>
#include <hal.h>

namespace Ssl
{
const Environment Environment::system = {
	[](const Environment&, int64_t& seconds) { return hal_wall_clock_get(&seconds); },
	[](const Environment&, void* buffer, size_t length) { return hal_random(buffer, length); },
	nullptr,
};

} // namespace Ssl
