/** What the harnesses axtls_client and axtls_server share: both roles of the engine talk, one gets changed records. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Fuzz
{
enum class Role { client, server };

/** How far executions came; printed at the end of the process. */
struct Reached {
	unsigned long executions, pastHelloDone, connected, resumed;
};

extern Reached reached;

/** Run one input (Scene.h), with that role under test. */
void runAxtls(Role role, const uint8_t* data, size_t size);

/**
 * For LLVMFuzzerInitialize(): `reached` is printed when the process ends. With the argument "record" an input is read from
 * standard input, and the process ends with what the peer said in it on standard output: an input of that kind itself.
 */
int initAxtls(Role role, int argc, char** argv);

} // namespace Fuzz
