/** Translation of the axtls engine's errors. It sends its alerts itself; axtls/error.h has them. */
#pragma once

#include <Network/Ssl/Error.h>
#include <axtls/error.h>

namespace Ssl
{
/** Our error for one of the engine's; those of certificates and received alerts are known better by the connection. */
Error translateError(axtls_error error);

} // namespace Ssl
