/** pss.h: EMSA-PSS (RFC 8017 §9.1) around BearSSL's RSA core; salt as long as the hash, as TLS has it. */
#ifndef AXTLS_PSS_H
#define AXTLS_PSS_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A key of so many bits is long enough for this hash. */
bool pss_fits(const br_hash_class *hash_class, size_t modulus_bits);

/** @param signature room for the modulus' length; @return false when the key is too short or wrong */
bool pss_sign(br_rsa_private core, const br_rsa_private_key *key, const br_hash_class *hash_class, const uint8_t *hash,
			  const br_prng_class **random, uint8_t *signature);

/** @param signature is overwritten */
bool pss_verify(br_rsa_public core, const br_rsa_public_key *key, const br_hash_class *hash_class, const uint8_t *hash,
				uint8_t *signature, size_t length);

#endif
