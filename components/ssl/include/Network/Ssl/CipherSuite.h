/**
 * Ssl::CipherSuite: cipher suites of TLS 1.2 by their number in the IANA registry, and lists of them.
 *
 *     DEFINE_CIPHER_SUITES(onlyGcm, Ssl::CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
 *                          Ssl::CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256)
 *     session.cipherSuites = &onlyGcm;
 *
 * A suite that the engine does not have is left out when a session starts. Suites with NULL, RC4, export or
 * anonymous key exchange are not listed: no engine here has them.
 */
#pragma once

#include <FlashString.hpp>
#include <WString.h>
#include <cstdint>

/** XX(name without "TLS_", number): RFC 5246 appendix A.5, RFC 5288, RFC 5289, RFC 6655, RFC 7251, RFC 7905 */
#define SSL_CIPHER_SUITE_MAP(XX)                                                                                       \
	XX(NULL_WITH_NULL_NULL, 0x0000)                                                                                    \
	XX(RSA_WITH_3DES_EDE_CBC_SHA, 0x000A)                                                                              \
	XX(RSA_WITH_AES_128_CBC_SHA, 0x002F)                                                                               \
	XX(RSA_WITH_AES_256_CBC_SHA, 0x0035)                                                                               \
	XX(RSA_WITH_AES_128_CBC_SHA256, 0x003C)                                                                            \
	XX(RSA_WITH_AES_256_CBC_SHA256, 0x003D)                                                                            \
	XX(DHE_RSA_WITH_3DES_EDE_CBC_SHA, 0x0016)                                                                          \
	XX(DHE_RSA_WITH_AES_128_CBC_SHA, 0x0033)                                                                           \
	XX(DHE_RSA_WITH_AES_256_CBC_SHA, 0x0039)                                                                           \
	XX(DHE_RSA_WITH_AES_128_CBC_SHA256, 0x0067)                                                                        \
	XX(DHE_RSA_WITH_AES_256_CBC_SHA256, 0x006B)                                                                        \
	XX(ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA, 0xC003)                                                                       \
	XX(ECDH_ECDSA_WITH_AES_128_CBC_SHA, 0xC004)                                                                        \
	XX(ECDH_ECDSA_WITH_AES_256_CBC_SHA, 0xC005)                                                                        \
	XX(ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA, 0xC008)                                                                      \
	XX(ECDHE_ECDSA_WITH_AES_128_CBC_SHA, 0xC009)                                                                       \
	XX(ECDHE_ECDSA_WITH_AES_256_CBC_SHA, 0xC00A)                                                                       \
	XX(ECDH_RSA_WITH_3DES_EDE_CBC_SHA, 0xC00D)                                                                         \
	XX(ECDH_RSA_WITH_AES_128_CBC_SHA, 0xC00E)                                                                          \
	XX(ECDH_RSA_WITH_AES_256_CBC_SHA, 0xC00F)                                                                          \
	XX(ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, 0xC012)                                                                        \
	XX(ECDHE_RSA_WITH_AES_128_CBC_SHA, 0xC013)                                                                         \
	XX(ECDHE_RSA_WITH_AES_256_CBC_SHA, 0xC014)                                                                         \
	XX(RSA_WITH_AES_128_GCM_SHA256, 0x009C)                                                                            \
	XX(RSA_WITH_AES_256_GCM_SHA384, 0x009D)                                                                            \
	XX(DHE_RSA_WITH_AES_128_GCM_SHA256, 0x009E)                                                                        \
	XX(DHE_RSA_WITH_AES_256_GCM_SHA384, 0x009F)                                                                        \
	XX(ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, 0xC023)                                                                    \
	XX(ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, 0xC024)                                                                    \
	XX(ECDH_ECDSA_WITH_AES_128_CBC_SHA256, 0xC025)                                                                     \
	XX(ECDH_ECDSA_WITH_AES_256_CBC_SHA384, 0xC026)                                                                     \
	XX(ECDHE_RSA_WITH_AES_128_CBC_SHA256, 0xC027)                                                                      \
	XX(ECDHE_RSA_WITH_AES_256_CBC_SHA384, 0xC028)                                                                      \
	XX(ECDH_RSA_WITH_AES_128_CBC_SHA256, 0xC029)                                                                       \
	XX(ECDH_RSA_WITH_AES_256_CBC_SHA384, 0xC02A)                                                                       \
	XX(ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 0xC02B)                                                                    \
	XX(ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 0xC02C)                                                                    \
	XX(ECDH_ECDSA_WITH_AES_128_GCM_SHA256, 0xC02D)                                                                     \
	XX(ECDH_ECDSA_WITH_AES_256_GCM_SHA384, 0xC02E)                                                                     \
	XX(ECDHE_RSA_WITH_AES_128_GCM_SHA256, 0xC02F)                                                                      \
	XX(ECDHE_RSA_WITH_AES_256_GCM_SHA384, 0xC030)                                                                      \
	XX(ECDH_RSA_WITH_AES_128_GCM_SHA256, 0xC031)                                                                       \
	XX(ECDH_RSA_WITH_AES_256_GCM_SHA384, 0xC032)                                                                       \
	XX(RSA_WITH_AES_128_CCM, 0xC09C)                                                                                   \
	XX(RSA_WITH_AES_256_CCM, 0xC09D)                                                                                   \
	XX(RSA_WITH_AES_128_CCM_8, 0xC0A0)                                                                                 \
	XX(RSA_WITH_AES_256_CCM_8, 0xC0A1)                                                                                 \
	XX(ECDHE_ECDSA_WITH_AES_128_CCM, 0xC0AC)                                                                           \
	XX(ECDHE_ECDSA_WITH_AES_256_CCM, 0xC0AD)                                                                           \
	XX(ECDHE_ECDSA_WITH_AES_128_CCM_8, 0xC0AE)                                                                         \
	XX(ECDHE_ECDSA_WITH_AES_256_CCM_8, 0xC0AF)                                                                         \
	XX(ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 0xCCA8)                                                                \
	XX(ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 0xCCA9)                                                              \
	XX(DHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 0xCCAA)                                                                  \
	XX(FALLBACK_SCSV, 0x5600)

namespace Ssl
{
enum class CipherSuite : uint16_t {
#define XX(tag, code) tag = code,
	SSL_CIPHER_SUITE_MAP(XX)
#undef XX
};

/** IANA name without the leading "TLS_"; "0x1234" for a number that is not listed. */
String getCipherSuiteName(CipherSuite id);

/** Lists, in order of preference. */
namespace CipherSuites
{
using Array = FSTR::Array<CipherSuite>;

#define DECLARE_CIPHER_SUITES(name) DECLARE_FSTR_ARRAY(name, Ssl::CipherSuite)
#define DEFINE_CIPHER_SUITES(name, ...) DEFINE_FSTR_ARRAY(name, Ssl::CipherSuite, __VA_ARGS__)

/** Forward secrecy and authenticated encryption: ECDHE with ChaCha20-Poly1305 or AES-128-GCM. Every engine has it. */
DECLARE_CIPHER_SUITES(basic);
/** Everything the engines offer: basic, then AES-256, CBC and RSA key exchange, for old servers. */
DECLARE_CIPHER_SUITES(full);

} // namespace CipherSuites

} // namespace Ssl
