#pragma once

#include "HmacContext.h"

namespace Crypto
{
/** Broken for signatures; here for protocols and fingerprints that still use it. */
using Sha1 = HashContext<HashEngine<Sha1Algorithm>>;
using HmacSha1 = HmacContext<Sha1>;

} // namespace Crypto
