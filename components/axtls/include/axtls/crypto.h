/**
 * axtls/crypto.h: the cryptographic primitives that an engine may use, all of them BearSSL's.
 *
 * A NULL pointer means "not there": suites, groups and signature algorithms that need it are neither offered
 * nor accepted, and the linker leaves its code out. SHA-256 and HMAC are always there.
 */
#ifndef AXTLS_CRYPTO_H
#define AXTLS_CRYPTO_H

#include <bearssl.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Functions of BearSSL that an engine works with; what is NULL is not spoken. */
typedef struct {
	/* Record protection */
	const br_block_ctr_class *aes_ctr; /**< GCM suites, together with ghash */
	br_ghash ghash;
	const br_block_cbcenc_class *aes_cbcenc; /**< CBC suites: all four */
	const br_block_cbcdec_class *aes_cbcdec;
	const br_sslrec_in_cbc_class *cbc_in; /**< constant-time padding and MAC check */
	const br_hash_class *sha1;			  /**< for HMAC in suites that end in _SHA; never for signatures */
	br_chacha20_run chacha20;			  /**< ChaCha20 suites and session tickets, together with poly1305 */
	br_poly1305_run poly1305;
	/* Transcript, PRF and signatures */
	const br_hash_class *sha384; /**< with prf_sha384: suites that end in _SHA384 */
	const br_hash_class *sha512; /**< signatures only */
	br_tls_prf_impl prf_sha384;
	/* Keys */
	const br_ec_impl *ec;			/**< ECDHE and ECDSA; its supported_curves count */
	br_ecdsa_sign ecdsa_sign;		/**< ASN.1 form, as TLS has it */
	br_ecdsa_vrfy ecdsa_vrfy;		/**< ASN.1 form */
	br_rsa_public rsa_public;		/**< RSA key exchange as client, verifying RSA-PSS */
	br_rsa_private rsa_private;		/**< RSA key exchange as server, signing with RSA-PSS */
	br_rsa_pkcs1_sign rsa_sign;		/**< PKCS#1 v1.5 */
	br_rsa_pkcs1_vrfy rsa_vrfy;		/**< PKCS#1 v1.5 */
} axtls_crypto;

/** Everything that BearSSL has, the fastest constant-time implementation for this machine. */
const axtls_crypto *axtls_crypto_full(void);

#ifdef __cplusplus
}
#endif

#endif
