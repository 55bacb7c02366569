#include "BrServerConnection.h"
#include "../src/KeyMaterial.h"
#include "BrInternals.h"
#include <Memory.h>
#include <cstring>

namespace Ssl
{
/* Here, so that who has one also has this server, see SSL_SERVER_ONLY */
ServerShare::ServerShare()
{
}

Connection* createBrServer(Session& session)
{
	return BrConnection::create<BrServerConnection>(session);
}

BrServerConnection::~BrServerConnection()
{
	Memory::release(names);
}

const br_ssl_session_cache_class BrServerConnection::cacheClass = {sizeof(CacheLink), save, load};

void BrServerConnection::save(const br_ssl_session_cache_class** ctx, br_ssl_server_context*,
							  const br_ssl_session_parameters* parameters)
{
	const auto& session = reinterpret_cast<CacheLink*>(ctx)->connection->session;
	auto cache = session.getSessionCache();
	if(cache == nullptr || session.getState() != State::handshake) {
		return; // given up meanwhile
	}
	SessionParameters kept;
	kept.id.assign(parameters->session_id, parameters->session_id_len);
	kept.version = parameters->version;
	kept.cipherSuite = parameters->cipher_suite;
	memcpy(kept.masterSecret, parameters->master_secret, sizeof(kept.masterSecret));
	cache->add(kept, size_t(session.cacheSize));
}

int BrServerConnection::load(const br_ssl_session_cache_class** ctx, br_ssl_server_context*,
							 br_ssl_session_parameters* parameters)
{
	return reinterpret_cast<CacheLink*>(ctx)->connection->load(*parameters);
}

bool BrServerConnection::load(br_ssl_session_parameters& parameters)
{
	SessionParameters kept;
	kept.id.assign(parameters.session_id, parameters.session_id_len);
	auto cache = session.getSessionCache();
	if(cache == nullptr || !BrInternals::isResumable(*engine()) || !cache->find(kept)) {
		return false;
	}
	// What is allowed may have changed since; the engine itself only looks at what the client still offers
	if(!BrInternals::hasSuite(*engine(), kept.cipherSuite) || kept.version < engine()->version_min) {
		return false;
	}
	parameters.version = kept.version;
	parameters.cipher_suite = kept.cipherSuite;
	memcpy(parameters.master_secret, kept.masterSecret, sizeof(kept.masterSecret));
	cacheLink.found = kept.id;
	return true;
}

bool BrServerConnection::wasShort() const
{
	// The engine may have changed its mind, and then made a new id
	const auto& id = cacheLink.found;
	const auto& own = engine()->session;
	return id.isValid() && own.session_id_len == id.getLength() &&
		   memcmp(own.session_id, id.getValue(), id.getLength()) == 0;
}

bool BrServerConnection::previewHandshake(const uint8_t* data, size_t length)
{
	return versions.feed(data, length);
}

/* The ephemeral private key would otherwise live as long as the connection, and forward secrecy begin only then. */
void BrServerConnection::onHandshakeEnd()
{
	Memory::wipe(server()->ecdhe_key, sizeof(server()->ecdhe_key));
	br_ssl_server_set_trust_anchor_names(server(), nullptr, 0);
	Memory::release(names);
	names = nullptr;
}

/*
 * BearSSL asks a client for its certificate if there is at least one name of an authority to send. Where none is
 * known (a table in flash has only their hashes, and pins have no authority) it is the empty name: clients that
 * choose their certificate by the list then may have none to offer, but most send the one they were given.
 */
bool BrServerConnection::askForCertificate()
{
	static uint8_t emptyName[] = {0x30, 0};
	auto anchors = session.getTrustAnchors();
	const uint8_t* name;
	size_t length;
	size_t count = 0;
	while(anchors != nullptr && anchors->getName(count, name, length)) {
		++count;
	}
	const size_t size = count == 0 ? 1 : count;
	names = static_cast<br_x500_name*>(Memory::allocate(size * sizeof(*names), Memory::Tag::handshake));
	if(names == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	names[0] = {emptyName, sizeof(emptyName)};
	for(size_t i = 0; i < count && anchors->getName(i, name, length); ++i) {
		names[i] = {const_cast<uint8_t*>(name), length}; // only read
	}
	br_ssl_server_set_trust_anchor_names(server(), names, size);
	return initVerifier();
}

bool BrServerConnection::start()
{
	if(context == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	br_ssl_server_zero(server());
	if(!init()) {
		return false;
	}
	if(session.asksForCertificate() && !askForCertificate()) {
		return false;
	}
	br_ssl_engine_add_flags(engine(), BR_OPT_ENFORCE_SERVER_PREFERENCES);
	auto material = keyCert.getMaterial();
	if(material->keyType == BR_KEYTYPE_RSA) {
		br_ssl_server_set_single_rsa(server(), material->chain, material->chainLength, &material->key.rsa,
									 BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX, br_rsa_private_get_default(),
									 br_rsa_pkcs1_sign_get_default());
	} else {
		// The issuer's key type matters for static ECDH only, which is not offered
		br_ssl_server_set_single_ec(server(), material->chain, material->chainLength, &material->key.ec,
									BR_KEYTYPE_SIGN, 0, br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
		BrInternals::checkKeyCurve(*server());
	}
	if(session.getSessionCache() != nullptr) {
		br_ssl_server_set_cache(server(), &cacheLink.vtable);
	}
	if(!br_ssl_server_reset(server())) {
		update();
		return false;
	}
	BrInternals::setFirstVersion(*engine());
	return true;
}

} // namespace Ssl
