#include <Network/Ssl/CipherSuite.h>

namespace Ssl
{
String getCipherSuiteName(CipherSuite id)
{
	switch(id) {
#define XX(tag, code)                                                                                                  \
	case CipherSuite::tag:                                                                                             \
		return F(#tag);
		SSL_CIPHER_SUITE_MAP(XX)
#undef XX
	}
	String text(F("0x"));
	text += String(unsigned(id), 16, 4);
	return text;
}

namespace CipherSuites
{
/*
 * ECDSA before RSA: a P-256 signature costs a server a quarter of an RSA-2048 one, and the client less memory.
 * AES-128-GCM before ChaCha20: servers have it in hardware. Chips without do ChaCha20 faster, but a
 * connection's cost there is its handshake.
 */
#define BASIC_SUITES                                                                                                   \
	CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256,                  \
		CipherSuite::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, CipherSuite::ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256

DEFINE_CIPHER_SUITES(basic, BASIC_SUITES);

/*
 * Then, in this order: AES-256-GCM, CBC with SHA-2, CBC with SHA-1, and last what has no forward secrecy.
 * No 3DES, no CCM_8 (RFC 9325 §4.2).
 */
DEFINE_CIPHER_SUITES(
	full, BASIC_SUITES, CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	CipherSuite::ECDHE_ECDSA_WITH_AES_128_CCM, CipherSuite::ECDHE_ECDSA_WITH_AES_256_CCM,
	CipherSuite::ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, CipherSuite::ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	CipherSuite::ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, CipherSuite::ECDHE_RSA_WITH_AES_256_CBC_SHA384,
	CipherSuite::ECDHE_ECDSA_WITH_AES_128_CBC_SHA, CipherSuite::ECDHE_RSA_WITH_AES_128_CBC_SHA,
	CipherSuite::ECDHE_ECDSA_WITH_AES_256_CBC_SHA, CipherSuite::ECDHE_RSA_WITH_AES_256_CBC_SHA,
	CipherSuite::RSA_WITH_AES_128_GCM_SHA256, CipherSuite::RSA_WITH_AES_256_GCM_SHA384,
	CipherSuite::RSA_WITH_AES_128_CBC_SHA256, CipherSuite::RSA_WITH_AES_256_CBC_SHA256,
	CipherSuite::RSA_WITH_AES_128_CBC_SHA, CipherSuite::RSA_WITH_AES_256_CBC_SHA);

} // namespace CipherSuites

} // namespace Ssl
