/** choose.h: what a server makes of a ClientHello. */
#ifndef AXTLS_CHOOSE_H
#define AXTLS_CHOOSE_H

#include "internal.h"

/** Decide on version, resumption, suite, group, certificate, signature scheme and extensions. */
axtls_error choose(axtls_engine *engine);

#endif
