/* The part of AxConnection that only a server has: earlier sessions. */
#include "AxConnection.h"
#include <cstring>

namespace Ssl
{
/* Here, so that who has one also has this server, see SSL_SERVER_ONLY */
ServerShare::ServerShare()
{
}

bool startAxServer(AxConnection& connection)
{
	return connection.startServer();
}

const axtls_cache_class AxConnection::cacheClass = {put, get, remove};

bool AxConnection::startServer()
{
	if(session.getSessionCache() != nullptr) {
		cacheLink.cache.vtable = &cacheClass;
		cacheLink.cache.count = 1;
		settings.cache = &cacheLink.cache;
	}
	engine = axtls_server_new(&settings, this);
	return engine != nullptr;
}

void AxConnection::put(axtls_cache* link, const axtls_session* kept, uint32_t)
{
	const auto& session = reinterpret_cast<CacheLink*>(link)->connection->session;
	auto cache = session.getSessionCache();
	if(cache == nullptr || session.getState() != State::handshake) {
		return; // given up meanwhile
	}
	SessionParameters parameters;
	parameters.id.assign(kept->id, kept->id_length);
	parameters.version = 0x0303;
	parameters.cipherSuite = kept->suite;
	parameters.extendedMasterSecret = kept->extended_master_secret;
	parameters.nameHash = kept->name_hash;
	memcpy(parameters.masterSecret, kept->master, sizeof(parameters.masterSecret));
	cache->add(parameters, size_t(session.cacheSize));
}

bool AxConnection::get(const axtls_cache* link, const uint8_t* id, size_t length, uint32_t, axtls_session* kept)
{
	auto cache = reinterpret_cast<const CacheLink*>(link)->connection->session.getSessionCache();
	SessionParameters parameters;
	parameters.id.assign(id, length);
	if(cache == nullptr || !cache->find(parameters)) {
		return false;
	}
	memset(kept, 0, sizeof(*kept));
	kept->id_length = uint8_t(length);
	memcpy(kept->id, id, length);
	kept->suite = parameters.cipherSuite;
	kept->extended_master_secret = parameters.extendedMasterSecret;
	kept->name_hash = parameters.nameHash;
	memcpy(kept->master, parameters.masterSecret, sizeof(kept->master));
	return true;
}

void AxConnection::remove(axtls_cache* link, const uint8_t* id, size_t length)
{
	if(auto cache = reinterpret_cast<CacheLink*>(link)->connection->session.getSessionCache()) {
		SessionId known;
		known.assign(id, length);
		cache->remove(known);
	}
}

} // namespace Ssl
