/** Everything of namespace Crypto. */
#pragma once

#include "Crypto/Blake2s.h"
#include "Crypto/HmacContext.h"
#include "Crypto/Md5.h"
#include "Crypto/Sha1.h"
#include "Crypto/Sha2.h"
