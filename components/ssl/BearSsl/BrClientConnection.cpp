#include "BrClientConnection.h"
#include "../src/KeyMaterial.h"
#include "../src/ServerName.h"
#include <cstring>

namespace Ssl
{
bool BrClientConnection::wasShort() const
{
	return session.getResumption() != nullptr && !verifier->isAsked;
}

bool BrClientConnection::start()
{
	if(context == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	br_ssl_client_zero(client());
	if(!init() || !initVerifier()) {
		return false;
	}
	br_ssl_client_set_default_rsapub(client());

	if(auto material = keyCert.getMaterial()) {
		if(material->keyType == BR_KEYTYPE_RSA) {
			br_ssl_client_set_single_rsa(client(), material->chain, material->chainLength, &material->key.rsa,
										 br_rsa_pkcs1_sign_get_default());
		} else {
			// The issuer's key type matters for static ECDH only, which is not offered
			br_ssl_client_set_single_ec(client(), material->chain, material->chainLength, &material->key.ec,
										BR_KEYTYPE_SIGN, 0, br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
		}
	}

	String name;
	if(!getServerName(session, name)) {
		return false;
	}
	auto resumption = session.getResumption();
	if(resumption != nullptr) {
		const auto& kept = resumption->getParameters();
		auto& own = engine()->session;
		own.session_id_len = uint8_t(kept.id.getLength());
		memcpy(own.session_id, kept.id.getValue(), kept.id.getLength());
		own.version = kept.version;
		own.cipher_suite = kept.cipherSuite;
		memcpy(own.master_secret, kept.masterSecret, sizeof(own.master_secret));
	}
	if(!br_ssl_client_reset(client(), name.length() != 0 ? name.c_str() : nullptr, resumption != nullptr)) {
		update();
		return false;
	}
	return true;
}

} // namespace Ssl
