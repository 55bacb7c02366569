#include "BrClientConnection.h"
#include "../src/KeyMaterial.h"

namespace Ssl
{
namespace
{
/** True for an IPv4 or IPv6 literal: those are never sent as SNI (RFC 6066 §3). */
bool isAddress(const char* host)
{
	x509_config config;
	x509_config_init_bare(&config, X509_SERVER_CERTIFICATE);
	return x509_config_set_server(&config, host) && config.address_length != 0;
}

} // namespace

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

	if(auto material = session.keyCert.getMaterial()) {
		if(material->keyType == BR_KEYTYPE_RSA) {
			br_ssl_client_set_single_rsa(client(), material->chain, material->chainLength, &material->key.rsa,
										 br_rsa_pkcs1_sign_get_default());
		} else {
			// The issuer's key type matters for static ECDH only, which is not offered
			br_ssl_client_set_single_ec(client(), material->chain, material->chainLength, &material->key.ec,
										BR_KEYTYPE_SIGN, 0, br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
		}
	}

	// A trailing dot belongs to DNS, not to the name (RFC 6066 §3)
	String name = session.hostName;
	if(name.endsWith('.')) {
		name.setLength(name.length() - 1);
	}
	const bool hasName = name.length() != 0 && !isAddress(name.c_str());
	if(!br_ssl_client_reset(client(), hasName ? name.c_str() : nullptr, 0)) {
		update();
		return false;
	}
	return true;
}

} // namespace Ssl
