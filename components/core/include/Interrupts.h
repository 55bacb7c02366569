/** Holding off interrupts. On the host there are none, so nothing happens. */
#pragma once

#include "Delegate.h"

using InterruptDelegate = Delegate<void()>;

#ifdef ARCH_HOST
inline void noInterrupts()
{
}
inline void interrupts()
{
}
#endif
