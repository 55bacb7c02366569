/** Where this sample connects to, and how it knows that it talks to the right server. */
#pragma once

#include <Network/Ssl/Fingerprints.h>

#ifndef SERVER_IP
#ifdef ARCH_HOST
#define SERVER_IP "127.0.0.1"
#else
/* The machine at the other end of the serial line */
#define SERVER_IP "10.0.2.2"
#endif
#endif

#ifndef SERVER_PORT
#define SERVER_PORT 4444
#endif

/*
 * 0: take whatever certificate the server shows, with a warning in the log. Good for trying things out only.
 * 1: by fingerprint: paste what `./scons cert-info CERT=server.pem` prints for the server's certificate
 *    here.
 */
#ifndef USE_PINS
#define USE_PINS 0
#endif
