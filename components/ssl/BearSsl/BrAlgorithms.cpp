#include "BrAlgorithms.h"

namespace Ssl
{
namespace
{
/** What a suite needs beside ECDHE or RSA, SHA-256 and the signature functions, which are always there. */
enum Need : uint8_t {
	gcm = 0x01,
	chapol = 0x02,
	ccm = 0x04,
	cbc = 0x08,
	hmacSha1 = 0x10,
	sha384 = 0x20,
};

struct Entry {
	CipherSuite suite;
	uint8_t needs;
};

const Entry entries[] = {
	{CipherSuite::ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, gcm},
	{CipherSuite::ECDHE_RSA_WITH_AES_128_GCM_SHA256, gcm},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, gcm | sha384},
	{CipherSuite::ECDHE_RSA_WITH_AES_256_GCM_SHA384, gcm | sha384},
	{CipherSuite::ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, chapol},
	{CipherSuite::ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, chapol},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_128_CCM, ccm},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_256_CCM, ccm},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_128_CCM_8, ccm},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_256_CCM_8, ccm},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, cbc},
	{CipherSuite::ECDHE_RSA_WITH_AES_128_CBC_SHA256, cbc},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, cbc | sha384},
	{CipherSuite::ECDHE_RSA_WITH_AES_256_CBC_SHA384, cbc | sha384},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_128_CBC_SHA, cbc | hmacSha1},
	{CipherSuite::ECDHE_RSA_WITH_AES_128_CBC_SHA, cbc | hmacSha1},
	{CipherSuite::ECDHE_ECDSA_WITH_AES_256_CBC_SHA, cbc | hmacSha1},
	{CipherSuite::ECDHE_RSA_WITH_AES_256_CBC_SHA, cbc | hmacSha1},
	{CipherSuite::RSA_WITH_AES_128_GCM_SHA256, gcm},
	{CipherSuite::RSA_WITH_AES_256_GCM_SHA384, gcm | sha384},
	{CipherSuite::RSA_WITH_AES_128_CCM, ccm},
	{CipherSuite::RSA_WITH_AES_256_CCM, ccm},
	{CipherSuite::RSA_WITH_AES_128_CCM_8, ccm},
	{CipherSuite::RSA_WITH_AES_256_CCM_8, ccm},
	{CipherSuite::RSA_WITH_AES_128_CBC_SHA256, cbc},
	{CipherSuite::RSA_WITH_AES_256_CBC_SHA256, cbc},
	{CipherSuite::RSA_WITH_AES_128_CBC_SHA, cbc | hmacSha1},
	{CipherSuite::RSA_WITH_AES_256_CBC_SHA, cbc | hmacSha1},
};

const Entry* find(CipherSuite suite)
{
	for(auto& entry : entries) {
		if(entry.suite == suite) {
			return &entry;
		}
	}
	return nullptr;
}

/*
 * The "default" functions take the fastest constant-time implementation for the machine, at run time on x86. There
 * they ask CPUID for it, which takes tens of microseconds on a virtual machine: what they chose first is kept.
 */
struct Chosen {
	const br_block_ctr_class* ctr;
	br_ghash ghash;
	br_chacha20_run chacha20;
	br_poly1305_run poly1305;
	const br_block_cbcenc_class* cbcEncrypt;
	const br_block_cbcdec_class* cbcDecrypt;
} chosen;

void setGcm(br_ssl_engine_context& engine)
{
	if(chosen.ctr == nullptr) {
		br_ssl_engine_set_default_aes_gcm(&engine);
		chosen.ctr = engine.iaes_ctr;
		chosen.ghash = engine.ighash;
		return;
	}
	br_ssl_engine_set_gcm(&engine, &br_sslrec_in_gcm_vtable, &br_sslrec_out_gcm_vtable);
	br_ssl_engine_set_aes_ctr(&engine, chosen.ctr);
	br_ssl_engine_set_ghash(&engine, chosen.ghash);
}

void setChaPol(br_ssl_engine_context& engine)
{
	if(chosen.chacha20 == nullptr) {
		br_ssl_engine_set_default_chapol(&engine);
		chosen.chacha20 = engine.ichacha;
		chosen.poly1305 = engine.ipoly;
		return;
	}
	br_ssl_engine_set_chapol(&engine, &br_sslrec_in_chapol_vtable, &br_sslrec_out_chapol_vtable);
	br_ssl_engine_set_chacha20(&engine, chosen.chacha20);
	br_ssl_engine_set_poly1305(&engine, chosen.poly1305);
}

void setCbc(br_ssl_engine_context& engine)
{
	if(chosen.cbcEncrypt == nullptr) {
		br_ssl_engine_set_default_aes_cbc(&engine);
		chosen.cbcEncrypt = engine.iaes_cbcenc;
		chosen.cbcDecrypt = engine.iaes_cbcdec;
		return;
	}
	br_ssl_engine_set_cbc(&engine, &br_sslrec_in_cbc_vtable, &br_sslrec_out_cbc_vtable);
	br_ssl_engine_set_aes_cbc(&engine, chosen.cbcEncrypt, chosen.cbcDecrypt);
}

} // namespace

bool setAlgorithms(br_ssl_engine_context& engine, const CipherSuites::Array& suites, bool legacyVersions)
{
	uint16_t numbers[BR_MAX_CIPHER_SUITES];
	size_t count = 0;
	uint8_t needs = 0;
	for(size_t i = 0; i < suites.length() && count < BR_MAX_CIPHER_SUITES; ++i) {
		if(auto entry = find(suites[i])) {
			numbers[count++] = uint16_t(entry->suite);
			needs |= entry->needs;
		}
	}
	if(count == 0) {
		return false;
	}
	br_ssl_engine_set_suites(&engine, numbers, count);

	/*
	 * Hashes are at once those of the handshake, of record HMACs and of signatures that we accept. SHA-1 comes
	 * only with suites that need it, because BearSSL then accepts it in ServerKeyExchange, too.
	 */
	br_ssl_engine_set_hash(&engine, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(&engine, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(&engine, br_sha512_ID, &br_sha512_vtable);
	if(legacyVersions) {
		br_ssl_engine_set_hash(&engine, br_md5_ID, &br_md5_vtable); // only beside SHA-1, as those versions have it
		br_ssl_engine_set_prf10(&engine, &br_tls10_prf);
	}
	if((needs & hmacSha1) || legacyVersions) {
		br_ssl_engine_set_hash(&engine, br_sha1_ID, &br_sha1_vtable);
	}
	br_ssl_engine_set_prf_sha256(&engine, br_tls12_sha256_prf);
	if(needs & sha384) {
		br_ssl_engine_set_prf_sha384(&engine, br_tls12_sha384_prf);
	}

	br_ssl_engine_set_default_rsavrfy(&engine);
	br_ssl_engine_set_default_ecdsa(&engine); // sets the curves, too
	if(needs & gcm) {
		setGcm(engine);
	}
	if(needs & chapol) {
		setChaPol(engine);
	}
	if(needs & ccm) {
		br_ssl_engine_set_default_aes_ccm(&engine);
	}
	if(needs & cbc) {
		setCbc(engine);
	}
	return true;
}

} // namespace Ssl
