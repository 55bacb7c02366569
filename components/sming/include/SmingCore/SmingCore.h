/** Older place of SmingCore.h. */
#pragma once

#include "../SmingCore.h"
