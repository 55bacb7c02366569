/** Everything of namespace Crypto. */
#pragma once

#include "Crypto/HmacContext.h"
#include "Crypto/Md5.h"
#include "Crypto/Sha1.h"
#include "Crypto/Sha2.h"
