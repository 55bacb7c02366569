/** SimpleTimer: see CallbackTimer.h. */
#pragma once

#include "CallbackTimer.h"
