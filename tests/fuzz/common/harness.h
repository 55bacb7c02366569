/** The interface between a harness and what runs it: libFuzzer or common/replay.cpp. */
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
/** Run the code under test once. Always returns 0; findings end the process. */
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

/** Called once before anything else. */
int LLVMFuzzerInitialize(int* argc, char*** argv);

/** libFuzzer's own mutations, in place. @return the new size */
size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t maxSize);
}

namespace Fuzz
{
/** Set by -v of the replay program: a harness says what came of each input. */
extern bool verbose;
} // namespace Fuzz
