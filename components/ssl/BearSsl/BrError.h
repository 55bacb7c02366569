/** Translation of BearSSL's errors. */
#pragma once

#include <Network/Ssl/Error.h>

namespace Ssl
{
/** An error of ours and the alert that tells the peer. */
struct BrFailure {
	Error error;
	Alert alert;
};

/**
 * Look up an error that the engine itself raised (br_ssl_engine_last_error() below 32). Those of certificates
 * and of alerts received or sent are translated where they are known better.
 */
BrFailure translateError(int engineError);

/** The error for an alert that BearSSL sent of its own accord (a server that found nothing in common). */
Error errorForSentAlert(Alert alert);

} // namespace Ssl
