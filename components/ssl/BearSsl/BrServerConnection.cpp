#include "BrServerConnection.h"
#include "../src/KeyMaterial.h"

namespace Ssl
{
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
	br_ssl_engine_add_flags(engine(), BR_OPT_ENFORCE_SERVER_PREFERENCES);
	auto material = session.keyCert.getMaterial();
	if(material->keyType == BR_KEYTYPE_RSA) {
		br_ssl_server_set_single_rsa(server(), material->chain, material->chainLength, &material->key.rsa,
									 BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX, br_rsa_private_get_default(),
									 br_rsa_pkcs1_sign_get_default());
	} else {
		// The issuer's key type matters for static ECDH only, which is not offered
		br_ssl_server_set_single_ec(server(), material->chain, material->chainLength, &material->key.ec,
									BR_KEYTYPE_SIGN, 0, br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
	}
	if(!br_ssl_server_reset(server())) {
		update();
		return false;
	}
	return true;
}

} // namespace Ssl
