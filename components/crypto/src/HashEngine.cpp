#include <Crypto/HashEngine.h>
#include <bearssl_hash.h>
#include <new>

namespace Crypto
{
namespace
{
/** Which of BearSSL's functions make up an algorithm. */
template <class Algorithm> struct Binding;

#define BIND(Algorithm, name)                                                                                          \
	template <> struct Binding<Algorithm> {                                                                            \
		using Context = br_##name##_context;                                                                           \
		static constexpr auto init = br_##name##_init;                                                                 \
		static constexpr auto update = br_##name##_update;                                                             \
		static constexpr auto out = br_##name##_out;                                                                   \
		static_assert(br_##name##_SIZE == Algorithm::size, "hash size");                                               \
		static_assert(sizeof(Context) <= Algorithm::statesize, "state too small for BearSSL's context");               \
	};

BIND(Md5Algorithm, md5)
BIND(Sha1Algorithm, sha1)
BIND(Sha224Algorithm, sha224)
BIND(Sha256Algorithm, sha256)
BIND(Sha384Algorithm, sha384)
BIND(Sha512Algorithm, sha512)
#undef BIND

} // namespace

template <class Algorithm> void HashEngine<Algorithm>::init()
{
	Binding<Algorithm>::init(new(state) typename Binding<Algorithm>::Context);
}

template <class Algorithm> void HashEngine<Algorithm>::update(const void* data, size_t length)
{
	if(length != 0) {
		Binding<Algorithm>::update(reinterpret_cast<typename Binding<Algorithm>::Context*>(state), data, length);
	}
}

template <class Algorithm> void HashEngine<Algorithm>::final(uint8_t* hash) const
{
	Binding<Algorithm>::out(reinterpret_cast<const typename Binding<Algorithm>::Context*>(state), hash);
}

template class HashEngine<Md5Algorithm>;
template class HashEngine<Sha1Algorithm>;
template class HashEngine<Sha224Algorithm>;
template class HashEngine<Sha256Algorithm>;
template class HashEngine<Sha384Algorithm>;
template class HashEngine<Sha512Algorithm>;

} // namespace Crypto
