#pragma once

#include "HmacContext.h"

namespace Crypto
{
using Sha224 = HashContext<HashEngine<Sha224Algorithm>>;
using Sha256 = HashContext<HashEngine<Sha256Algorithm>>;
using Sha384 = HashContext<HashEngine<Sha384Algorithm>>;
using Sha512 = HashContext<HashEngine<Sha512Algorithm>>;

using HmacSha224 = HmacContext<Sha224>;
using HmacSha256 = HmacContext<Sha256>;
using HmacSha384 = HmacContext<Sha384>;
using HmacSha512 = HmacContext<Sha512>;

} // namespace Crypto
