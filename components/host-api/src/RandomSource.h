/** Random numbers of one session: the machine's, a reproducible sequence, or none at all. */
#pragma once

#include <bearssl.h>
#include <cstddef>
#include <cstdint>

namespace HostApi
{
class RandomSource
{
public:
	~RandomSource();

	/** Continue with HMAC_DRBG (NIST SP 800-90A §10.1.2) over SHA-256, started with `seed`. */
	void setSeed(const uint8_t* seed, size_t length);

	/** Refuse from now on. */
	void fail()
	{
		kind = Kind::failing;
	}

	/** @return false when there are no random numbers to be had */
	bool fill(void* buffer, size_t length);

private:
	enum class Kind : uint8_t { machine, seeded, failing };

	br_hmac_drbg_context generator{};
	Kind kind = Kind::machine;
};

} // namespace HostApi
