#include "RandomSource.h"
#include <Memory.h>
#include <hal.h>

namespace HostApi
{
RandomSource::~RandomSource()
{
	Memory::wipe(&generator, sizeof(generator));
}

void RandomSource::setSeed(const uint8_t* seed, size_t length)
{
	br_hmac_drbg_init(&generator, &br_sha256_vtable, seed, length);
	kind = Kind::seeded;
}

bool RandomSource::fill(void* buffer, size_t length)
{
	switch(kind) {
	case Kind::machine:
		return hal_random(buffer, length);
	case Kind::seeded:
		br_hmac_drbg_generate(&generator, buffer, length);
		return true;
	case Kind::failing:
		break;
	}
	return false;
}

} // namespace HostApi
