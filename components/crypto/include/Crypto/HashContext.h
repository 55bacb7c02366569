/**
 * Crypto::HashContext: computes a hash, at once or piece by piece.
 *
 *     auto hash = Crypto::Sha256().calculate(text);
 *     Serial.println(Crypto::toString(hash));
 */
#pragma once

#include "Blob.h"
#include "ByteArray.h"
#include "HashEngine.h"
#include <FlashString.hpp>
#include <utility>

namespace Crypto
{
/** Feed a hash from flash, where only whole words can be read on some chips. */
template <class Engine> void updateFromFlash(Engine& engine, const FSTR::ObjectBase& object)
{
	uint8_t chunk[64];
	size_t offset = 0;
	for(size_t count = object.readBytes(offset, chunk, sizeof(chunk)); count != 0;
		count = object.readBytes(offset, chunk, sizeof(chunk))) {
		engine.update(chunk, count);
		offset += count;
	}
}

template <class Engine_> class HashContext
{
public:
	using Engine = Engine_;
	using Hash = ByteArray<Engine::size>;

	HashContext()
	{
		reset();
	}

	/** For a hash that takes a key by itself, as BLAKE2s does; for others see HmacContext. */
	explicit HashContext(const Secret& key)
	{
		reset(key);
	}

	/** Begin anew. */
	HashContext& reset()
	{
		engine.init();
		return *this;
	}

	/** Begin anew under a key. */
	HashContext& reset(const Secret& key)
	{
		engine.init(key);
		return *this;
	}

	HashContext& update(const void* data, size_t length)
	{
		engine.update(data, length);
		return *this;
	}

	HashContext& update(const Blob& blob)
	{
		return update(blob.data(), blob.size());
	}

	HashContext& update(const String& text)
	{
		return update(text.c_str(), text.length());
	}

	HashContext& update(const FSTR::ObjectBase& object)
	{
		updateFromFlash(engine, object);
		return *this;
	}

	template <size_t size> HashContext& update(const ByteArray<size>& value)
	{
		return update(value.data(), size);
	}

	/** Hash of everything so far. */
	Hash getHash() const
	{
		Hash hash;
		engine.final(hash.data());
		return hash;
	}

	/** update() with the arguments, then getHash(). */
	template <typename... Ts> Hash calculate(Ts&&... args)
	{
		update(std::forward<Ts>(args)...);
		return getHash();
	}

private:
	Engine engine;
};

} // namespace Crypto
