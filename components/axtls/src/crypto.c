#include <axtls/crypto.h>
#include <stdbool.h>

/* Which of BearSSL's implementations is best is known at run time only (AES-NI, SSE2, …), so this table is filled in once. */
const axtls_crypto *axtls_crypto_full(void)
{
	static axtls_crypto crypto;

	if (crypto.aes_ctr != NULL) {
		return &crypto;
	}
	const br_block_cbcenc_class *cbcenc = br_aes_x86ni_cbcenc_get_vtable();
	const br_block_cbcdec_class *cbcdec = br_aes_x86ni_cbcdec_get_vtable();
	const br_block_ctr_class *ctr = br_aes_x86ni_ctr_get_vtable();
	br_ghash ghash = br_ghash_pclmul_get();
	br_chacha20_run chacha20 = br_chacha20_sse2_get();
	br_poly1305_run poly1305 = br_poly1305_ctmulq_get();

	/* 64-bit words: bitsliced code that works on four blocks at once */
	bool wide = sizeof(size_t) > 4;
	crypto.aes_cbcenc = cbcenc != NULL ? cbcenc : wide ? &br_aes_ct64_cbcenc_vtable : &br_aes_ct_cbcenc_vtable;
	crypto.aes_cbcdec = cbcdec != NULL ? cbcdec : wide ? &br_aes_ct64_cbcdec_vtable : &br_aes_ct_cbcdec_vtable;
	crypto.ghash = ghash != NULL ? ghash : wide ? &br_ghash_ctmul64 : &br_ghash_ctmul32;
	crypto.cbc_in = &br_sslrec_in_cbc_vtable;
	crypto.sha1 = &br_sha1_vtable;
	crypto.chacha20 = chacha20 != NULL ? chacha20 : &br_chacha20_ct_run;
	crypto.poly1305 = poly1305 != NULL ? poly1305 : &br_poly1305_ctmul32_run;
	crypto.sha384 = &br_sha384_vtable;
	crypto.sha512 = &br_sha512_vtable;
	crypto.prf_sha384 = &br_tls12_sha384_prf;
	crypto.ec = br_ec_get_default();
	crypto.ecdsa_sign = br_ecdsa_sign_asn1_get_default();
	crypto.ecdsa_vrfy = br_ecdsa_vrfy_asn1_get_default();
	crypto.rsa_public = br_rsa_public_get_default();
	crypto.rsa_private = br_rsa_private_get_default();
	crypto.rsa_sign = br_rsa_pkcs1_sign_get_default();
	crypto.rsa_vrfy = br_rsa_pkcs1_vrfy_get_default();
	crypto.aes_ctr = ctr != NULL ? ctr : wide ? &br_aes_ct64_ctr_vtable : &br_aes_ct_ctr_vtable;
	return &crypto;
}
