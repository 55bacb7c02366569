/** Where this sample listens. */
#pragma once

#ifndef SERVER_PORT
#define SERVER_PORT 4443
#endif

/** Connections at once; more are refused with an alert. */
#ifndef MAX_CONNECTIONS
#define MAX_CONNECTIONS 8
#endif
