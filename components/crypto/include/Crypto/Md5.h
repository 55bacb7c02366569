#pragma once

#include "HmacContext.h"

namespace Crypto
{
/** Broken for signatures; here for protocols and fingerprints that still use it. */
using Md5 = HashContext<HashEngine<Md5Algorithm>>;
using HmacMd5 = HmacContext<Md5>;

} // namespace Crypto
