/**
 * Included first by most Sming sources. Applications may put their own user_config.h before this one on the
 * include path to set the values below; every value has a default where it is used.
 */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

#include "c_types.h"
#include "esp_systemapi.h"

#ifdef __cplusplus
}
#endif

#include "debug_progmem.h"
#include "FakePgmSpace.h"
#include "m_printf.h"
#include "sming_config.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>
