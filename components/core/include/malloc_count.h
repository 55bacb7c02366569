/** MallocCount: figures of the heap under Sming's names. See Memory.h for figures by tag. */
#pragma once

#include "Memory.h"

namespace MallocCount
{
size_t getCurrent();	   ///< bytes held now
size_t getPeak();		   ///< most bytes held at once since resetPeak()
void resetPeak();
size_t getTotal();		   ///< bytes of all allocations since resetTotal()
void resetTotal();		   ///< and the count of allocations
size_t getAllocCount();	   ///< allocations made since resetTotal()
void setAllocLimit(size_t bytes); ///< as Memory::setCap()
/** Write a line to the debug console for every allocation and release of at least the threshold. */
void enableLogging(bool enable);
void setLogThreshold(size_t bytes);
} // namespace MallocCount
