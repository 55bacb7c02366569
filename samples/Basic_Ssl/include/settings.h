/** What this sample downloads, and how it knows that it talks to the right server. */
#pragma once

#include <Network/Ssl/Fingerprints.h>

#ifndef DOWNLOAD_URL
#define DOWNLOAD_URL "https://www.grc.com/fingerprints.htm"
#endif

/*
 * 1. By fingerprint. `./scons cert-info CERT=www.grc.com:443` prints three definitions: paste them here and set
 *    USE_PINS to 1. The certificate must then match one of them, whoever signed it. The one of the public key
 *    stays valid when the certificate is renewed with the same key.
 */
#ifndef USE_PINS
#define USE_PINS 0
#endif

/*
 * 2. Otherwise by chain, name and dates, against certificate authorities: those that the build was given with
 *    TRUST_ANCHORS=, and the ones in this file (PEM or DER), if there is one.
 */
// #define CA_FILE PROJECT_DIR "/files/ca.pem"
