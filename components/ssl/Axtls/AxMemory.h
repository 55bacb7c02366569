/** The engine's memory: the framework's allocator, each block under the tag it belongs to. */
#pragma once

#include <axtls/memory.h>

namespace Ssl
{
extern const axtls_memory axMemory;

} // namespace Ssl
