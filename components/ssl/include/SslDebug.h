/**
 * Debug output of the SSL component: the build variable SSL_DEBUG=1 shows its debug_d messages, which say what
 * the engine does, whatever the level of the rest of the program.
 */
#pragma once

#if defined(SSL_DEBUG) && SSL_DEBUG && !defined(DEBUG_VERBOSE_LEVEL)
#define DEBUG_VERBOSE_LEVEL 3
#endif
#include <debug_progmem.h>
