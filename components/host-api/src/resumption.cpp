/* Sessions that go on from earlier ones, and what a server's sessions share. */

#include "Handle.h"
#include <string.h>

struct __attribute__((visibility("hidden"))) sming_share : public Memory::Tagged<Memory::Tag::application>,
														   public Ssl::ServerShare {
};

namespace
{
/* The handle is the object: it has no other state. */
Ssl::Resumption* unwrap(sming_resumption* resumption)
{
	return reinterpret_cast<Ssl::Resumption*>(resumption);
}

} // namespace

void sming_tls_port(sming_tls* tls, uint16_t port)
{
	tls->session.port = port;
}

int sming_tls_alpn(sming_tls* tls, const char* protocols)
{
	tls->session.alpnProtocols = protocols;
	return tls->session.alpnProtocols.length() == strlen(protocols) ? 0 : int(Ssl::Error::noMemory);
}

sming_resumption* sming_tls_take_resumption(sming_tls* tls)
{
	return reinterpret_cast<sming_resumption*>(tls->session.takeResumption());
}

void sming_tls_set_resumption(sming_tls* tls, sming_resumption* resumption)
{
	tls->session.setResumption(unwrap(resumption));
}

void sming_resumption_free(sming_resumption* resumption)
{
	delete unwrap(resumption);
}

sming_share* sming_share_new(void)
{
	return new sming_share;
}

void sming_share_free(sming_share* share)
{
	delete share;
}

size_t sming_share_count(const sming_share* share)
{
	return share->sessions.count();
}

void sming_tls_share(sming_tls* tls, sming_share* share, int cache_size)
{
	tls->session.serverShare = share;
	tls->session.cacheSize = cache_size;
}
