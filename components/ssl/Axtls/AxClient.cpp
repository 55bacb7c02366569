/* The part of AxConnection about sessions of a client: how it begins, and what is kept of it. */
#include "AxConnection.h"
#include <cstring>

namespace Ssl
{
bool AxConnection::startClient()
{
	axtls_session kept{};
	const axtls_session* resume = nullptr;
	const uint8_t* ticket = nullptr;
	size_t ticketLength = 0;
	if(auto resumption = session.getResumption()) {
		const auto& parameters = resumption->getParameters();
		resume = &kept;
		kept.id_length = uint8_t(parameters.id.getLength());
		memcpy(kept.id, parameters.id.getValue(), kept.id_length);
		kept.extended_master_secret = parameters.extendedMasterSecret;
		kept.suite = parameters.cipherSuite;
		kept.name_hash = parameters.nameHash;
		memcpy(kept.master, parameters.masterSecret, sizeof(kept.master));
		ticket = resumption->getTicket();
		ticketLength = resumption->getTicketLength();
	}
	const auto& name = handshake->serverName;
	engine = axtls_client_new(&settings, this, name.length() == 0 ? nullptr : name.c_str(), resume, ticket,
							  ticketLength);
	axtls_wipe(&kept, sizeof(kept));
	return engine != nullptr;
}

bool AxConnection::getParameters(SessionParameters& parameters) const
{
	axtls_session own;
	static_assert(sizeof(own.master) == sizeof(parameters.masterSecret), "of RFC 5246 §8.1");
	if(!handshakeDone || !axtls_engine_get_session(engine, &own)) {
		return false;
	}
	const bool valid = parameters.id.assign(own.id, own.id_length);
	parameters.version = getVersion();
	parameters.cipherSuite = own.suite;
	parameters.extendedMasterSecret = own.extended_master_secret;
	parameters.nameHash = own.name_hash;
	memcpy(parameters.masterSecret, own.master, sizeof(own.master));
	axtls_wipe(&own, sizeof(own));
	return valid;
}

/* It came from the framework's allocator, see AxMemory.h. */
uint8_t* AxConnection::takeTicket(size_t& length)
{
	length = 0;
	return engine == nullptr ? nullptr : axtls_engine_take_ticket(engine, &length);
}

} // namespace Ssl
