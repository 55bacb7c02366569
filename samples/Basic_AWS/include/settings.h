/** Where the device's account is, and who the device is. */
#pragma once

/** Host name of the account's endpoint: `aws iot describe-endpoint --endpoint-type iot:Data-ATS`. */
#ifndef AWS_ENDPOINT
#define AWS_ENDPOINT "xxxxxxxxxxxxxx-ats.iot.eu-central-1.amazonaws.com"
#endif

/** 8883, or 443 where a firewall lets nothing else through: the protocol is then told by ALPN. */
#ifndef AWS_PORT
#define AWS_PORT 8883
#endif

/** Name of the thing. The account's policy says which names and topics its certificate may use. */
#ifndef THING_NAME
#define THING_NAME "Basic_AWS"
#endif

/*
 * Key and certificate that were made at AWS and loaded down from there, in DER or PEM. Without these two lines they are
 * those of `generate-cert`, whose certificate then has to be registered with the account.
 */
// #define KEY_FILE PROJECT_DIR "/files/private.pem.key"
// #define CERTIFICATE_FILE PROJECT_DIR "/files/certificate.pem.crt"
