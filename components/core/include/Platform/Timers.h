/** All timers. */
#pragma once

#include "../CallbackTimer.h"
#include "../PolledTimer.h"
