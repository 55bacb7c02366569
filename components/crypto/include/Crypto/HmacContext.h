/**
 * Crypto::HmacContext: keyed message authentication (RFC 2104) over any of the hashes.
 *
 *     auto mac = Crypto::HmacSha256(key).calculate(message);
 */
#pragma once

#include "HashContext.h"
#include <Memory.h>
#include <cstring>

namespace Crypto
{
template <class HashContext> class HmacContext
{
public:
	using Engine = typename HashContext::Engine;
	using Hash = typename HashContext::Hash;
	static constexpr size_t blocksize = Engine::blocksize;

	/** Call init() before anything else. */
	HmacContext() = default;

	explicit HmacContext(const Secret& key)
	{
		init(key);
	}

	HmacContext(const HmacContext&) = default;
	HmacContext& operator=(const HmacContext&) = default;

	~HmacContext()
	{
		Memory::wipe(&outputPad, sizeof(outputPad));
		Memory::wipe(&context, sizeof(context));
	}

	/** Begin a message under `key`, of any length. */
	HmacContext& init(const Secret& key)
	{
		ByteArray<blocksize> inputPad{};
		if(key.size() <= blocksize) {
			if(key.size() != 0) {
				memcpy(inputPad.data(), key.data(), key.size());
			}
		} else {
			const Hash hash = HashContext().calculate(key);
			memcpy(inputPad.data(), hash.data(), hash.size());
		}
		for(size_t i = 0; i < blocksize; ++i) {
			outputPad[i] = inputPad[i] ^ 0x5c;
			inputPad[i] ^= 0x36;
		}
		context.reset().update(inputPad);
		Memory::wipe(&inputPad, sizeof(inputPad));
		return *this;
	}

	/** Arguments as for HashContext::update(). */
	template <typename... Ts> HmacContext& update(Ts&&... args)
	{
		context.update(std::forward<Ts>(args)...);
		return *this;
	}

	/** Code of everything so far; ends the message. */
	Hash getHash()
	{
		const Hash inner = context.getHash();
		context.reset().update(outputPad).update(inner);
		return context.getHash();
	}

	template <typename... Ts> Hash calculate(Ts&&... args)
	{
		update(std::forward<Ts>(args)...);
		return getHash();
	}

private:
	ByteArray<blocksize> outputPad{};
	HashContext context;
};

} // namespace Crypto
