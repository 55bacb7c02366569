#include "protection.h"
#include <string.h>

#define VERSION_MAJOR 3
#define VERSION_MINOR 3
#define BLOCK 16
#define TAG 16
#define GCM_EXPLICIT 8

typedef struct {
	uint8_t prefix;
	size_t (*seal)(protection *p, uint8_t type, uint8_t *record, size_t length);
	bool (*open)(protection *p, uint8_t type, uint8_t *record, size_t length, size_t *start, size_t *plaintext);
} protection_class;

struct protection_ {
	const protection_class *vtable;
	const axtls_crypto *crypto;
	uint64_t sequence;
	uint16_t size; /**< of the whole block, for releasing it */
};

typedef struct {
	protection base;
	uint8_t salt[4];
	uint8_t hash_key[BLOCK]; /**< of GHASH: the encrypted block of zeros */
	br_aes_gen_ctr_keys key;
} gcm_protection;

typedef struct {
	protection base;
	uint8_t key[32];
	uint8_t iv[12];
} chacha_protection;

typedef struct {
	protection base;
	const br_prng_class **random;
	uint8_t mac_length;
	bool encrypt_then_mac;
	br_hmac_key_context mac;
	br_aes_gen_cbcenc_keys key;
} cbc_out_protection;

/** Encrypt-then-MAC, incoming. */
typedef struct {
	protection base;
	uint8_t mac_length;
	br_hmac_key_context mac;
	br_aes_gen_cbcdec_keys key;
} etm_in_protection;

/** MAC-then-encrypt, incoming: BearSSL's own record decryption, which is constant-time throughout. */
typedef struct {
	protection base;
	br_sslrec_in_cbc_context cbc;
} cbc_in_protection;

static void put64(uint8_t data[8], uint64_t value)
{
	for (int i = 0; i < 8; i++) {
		data[i] = (uint8_t)(value >> (56 - 8 * i));
	}
}

/** What is authenticated beside the data (RFC 5246 §6.2.3.1 and §6.2.3.3). */
static void make_header(uint8_t header[13], uint64_t sequence, uint8_t type, size_t length)
{
	put64(header, sequence);
	header[8] = type;
	header[9] = VERSION_MAJOR;
	header[10] = VERSION_MINOR;
	header[11] = (uint8_t)(length >> 8);
	header[12] = (uint8_t)length;
}

static uint32_t differ(const uint8_t *a, const uint8_t *b, size_t length)
{
	uint32_t difference = 0;
	for (size_t i = 0; i < length; i++) {
		difference |= (uint32_t)(a[i] ^ b[i]);
	}
	return difference;
}

/*
 * AES-GCM (RFC 5288; NIST SP 800-38D §7): nonce is salt and explicit part; the explicit part is our sequence number.
 * Of BearSSL's parts, not br_gcm_*, which computes the hash key anew for each record.
 */

typedef uint8_t gcm_nonce[12];

static void gcm_make_nonce(const gcm_protection *p, const uint8_t explicit_part[GCM_EXPLICIT], gcm_nonce nonce)
{
	memcpy(nonce, p->salt, sizeof(p->salt));
	memcpy(nonce + sizeof(p->salt), explicit_part, GCM_EXPLICIT);
}

/** Encrypt or decrypt. */
static void gcm_crypt(const gcm_protection *p, const gcm_nonce nonce, uint8_t *data, size_t length)
{
	p->key.vtable->run(&p->key.vtable, nonce, 2, data, length);
}

/** @param data ciphertext */
static void gcm_make_tag(gcm_protection *p, const gcm_nonce nonce, uint8_t type, const uint8_t *data, size_t length,
						 uint8_t tag[TAG])
{
	br_ghash ghash = p->base.crypto->ghash;
	uint8_t header[13], lengths[BLOCK];
	make_header(header, p->base.sequence++, type, length);
	put64(lengths, 8 * sizeof(header));
	put64(lengths + 8, 8 * (uint64_t)length);
	memset(tag, 0, TAG);
	ghash(tag, p->hash_key, header, sizeof(header));
	ghash(tag, p->hash_key, data, length);
	ghash(tag, p->hash_key, lengths, sizeof(lengths));
	p->key.vtable->run(&p->key.vtable, nonce, 1, tag, TAG);
}

static size_t gcm_seal(protection *base, uint8_t type, uint8_t *record, size_t length)
{
	gcm_protection *p = (gcm_protection *)base;
	uint8_t *data = record + GCM_EXPLICIT;
	gcm_nonce nonce;
	put64(record, base->sequence);
	gcm_make_nonce(p, record, nonce);
	gcm_crypt(p, nonce, data, length);
	gcm_make_tag(p, nonce, type, data, length, data + length);
	return GCM_EXPLICIT + length + TAG;
}

static bool gcm_open(protection *base, uint8_t type, uint8_t *record, size_t length, size_t *start, size_t *plaintext)
{
	gcm_protection *p = (gcm_protection *)base;
	uint8_t *data = record + GCM_EXPLICIT;
	uint8_t tag[TAG];
	gcm_nonce nonce;
	if (length < GCM_EXPLICIT + TAG) {
		return false;
	}
	*start = GCM_EXPLICIT;
	*plaintext = length - GCM_EXPLICIT - TAG;
	gcm_make_nonce(p, record, nonce);
	gcm_make_tag(p, nonce, type, data, *plaintext, tag);
	if (differ(tag, data + *plaintext, TAG) != 0) {
		return false;
	}
	gcm_crypt(p, nonce, data, *plaintext);
	return true;
}

/* ChaCha20-Poly1305 (RFC 7905): nonce is IV xor sequence number, nothing explicit */

static void chacha_run(chacha_protection *p, uint8_t type, uint8_t *data, size_t length, int encrypt, uint8_t tag[TAG])
{
	uint8_t nonce[12], header[13];
	make_header(header, p->base.sequence++, type, length);
	memcpy(nonce, p->iv, sizeof(nonce));
	for (int i = 0; i < 8; i++) {
		nonce[4 + i] = (uint8_t)(nonce[4 + i] ^ header[i]);
	}
	p->base.crypto->poly1305(p->key, nonce, data, length, header, sizeof(header), tag, p->base.crypto->chacha20,
							 encrypt);
}

static size_t chacha_seal(protection *base, uint8_t type, uint8_t *record, size_t length)
{
	chacha_run((chacha_protection *)base, type, record, length, 1, record + length);
	return length + TAG;
}

static bool chacha_open(protection *base, uint8_t type, uint8_t *record, size_t length, size_t *start,
						size_t *plaintext)
{
	if (length < TAG) {
		return false;
	}
	uint8_t tag[TAG];
	*start = 0;
	*plaintext = length - TAG;
	chacha_run((chacha_protection *)base, type, record, *plaintext, 0, tag);
	return differ(tag, record + *plaintext, TAG) == 0;
}

/* AES-CBC with an explicit random IV: MAC-then-encrypt (RFC 5246 §6.2.3.2) or encrypt-then-MAC (RFC 7366) */

static void hmac(const br_hmac_key_context *key, uint64_t sequence, uint8_t type, const uint8_t *data, size_t length,
				 uint8_t *out)
{
	br_hmac_context context;
	uint8_t header[13];
	make_header(header, sequence, type, length);
	br_hmac_init(&context, key, 0);
	br_hmac_update(&context, header, sizeof(header));
	br_hmac_update(&context, data, length);
	br_hmac_out(&context, out);
	axtls_wipe(&context, sizeof(context));
}

static size_t cbc_seal(protection *base, uint8_t type, uint8_t *record, size_t length)
{
	cbc_out_protection *p = (cbc_out_protection *)base;
	uint64_t sequence = base->sequence++;
	uint8_t *data = record + BLOCK;
	uint8_t iv[BLOCK];

	(*p->random)->generate(p->random, record, BLOCK);
	memcpy(iv, record, BLOCK);
	if (!p->encrypt_then_mac) {
		hmac(&p->mac, sequence, type, data, length, data + length);
		length += p->mac_length;
	}
	size_t padding = BLOCK - length % BLOCK;
	memset(data + length, (int)padding - 1, padding);
	length += padding;
	p->key.vtable->run(&p->key.vtable, iv, data, length);
	length += BLOCK;
	if (p->encrypt_then_mac) {
		hmac(&p->mac, sequence, type, record, length, record + length);
		length += p->mac_length;
	}
	return length;
}

static bool etm_open(protection *base, uint8_t type, uint8_t *record, size_t length, size_t *start, size_t *plaintext)
{
	etm_in_protection *p = (etm_in_protection *)base;
	uint8_t mac[MAX_MAC], iv[BLOCK];

	if (length < (size_t)(2 * BLOCK) + p->mac_length || (length - p->mac_length) % BLOCK != 0) {
		return false;
	}
	length -= p->mac_length;
	hmac(&p->mac, base->sequence++, type, record, length, mac);
	if (differ(mac, record + length, p->mac_length) != 0) {
		return false;
	}
	/* What follows is what the peer sent: its timing tells nothing to anybody else */
	memcpy(iv, record, BLOCK);
	length -= BLOCK;
	p->key.vtable->run(&p->key.vtable, iv, record + BLOCK, length);
	size_t padding = record[BLOCK + length - 1];
	if (padding >= length) {
		return false;
	}
	uint32_t wrong = 0;
	for (size_t i = 0; i < padding; i++) {
		wrong |= (uint32_t)(record[BLOCK + length - 2 - i] ^ padding);
	}
	*start = BLOCK;
	*plaintext = length - 1 - padding;
	return wrong == 0;
}

static bool cbc_open(protection *base, uint8_t type, uint8_t *record, size_t length, size_t *start, size_t *plaintext)
{
	cbc_in_protection *p = (cbc_in_protection *)base;
	const br_sslrec_in_class **in = (const br_sslrec_in_class **)(void *)&p->cbc.vtable;

	/* BearSSL 0.6 leaves the second half to its caller, and would decrypt beyond the end */
	if (!(*in)->check_length(in, length) || length % BLOCK != 0) {
		return false;
	}
	const uint8_t *data = (*in)->decrypt(in, type, VERSION_MAJOR << 8 | VERSION_MINOR, record, &length);
	if (data == NULL) {
		return false;
	}
	*start = (size_t)(data - record);
	*plaintext = length;
	return true;
}

static const protection_class gcm_class = {GCM_EXPLICIT, gcm_seal, gcm_open};
static const protection_class chacha_class = {0, chacha_seal, chacha_open};
static const protection_class cbc_out_class = {BLOCK, cbc_seal, NULL};
static const protection_class etm_in_class = {BLOCK, NULL, etm_open};
static const protection_class cbc_in_class = {BLOCK, NULL, cbc_open};

static const br_hash_class *mac_hash(const axtls_crypto *crypto, size_t mac_length)
{
	return mac_length == 20 ? crypto->sha1 : mac_length == 32 ? &br_sha256_vtable : crypto->sha384;
}

protection *protection_new(const axtls_memory *memory, const axtls_crypto *crypto, const br_prng_class **random,
						   const suite *chosen, bool encrypt_then_mac, bool outgoing,
						   const protection_secrets *secrets)
{
	const protection_class *class;
	size_t size;

	if (chosen->cipher == CIPHER_GCM) {
		class = &gcm_class;
		size = sizeof(gcm_protection);
	} else if (chosen->cipher == CIPHER_CHACHA) {
		class = &chacha_class;
		size = sizeof(chacha_protection);
	} else if (outgoing) {
		class = &cbc_out_class;
		size = sizeof(cbc_out_protection);
	} else if (encrypt_then_mac) {
		class = &etm_in_class;
		size = sizeof(etm_in_protection);
	} else {
		class = &cbc_in_class;
		size = sizeof(cbc_in_protection);
	}
	protection *p = memory->allocate(memory->param, size, AXTLS_MEMORY_SESSION);
	if (p == NULL) {
		return NULL;
	}
	memset(p, 0, size);
	p->vtable = class;
	p->crypto = crypto;
	p->size = (uint16_t)size;

	if (class == &gcm_class) {
		gcm_protection *gcm = (gcm_protection *)p;
		memcpy(gcm->salt, secrets->iv, sizeof(gcm->salt));
		crypto->aes_ctr->init(&gcm->key.vtable, secrets->key, chosen->key_length);
		const gcm_nonce zero = {0};
		gcm->key.vtable->run(&gcm->key.vtable, zero, 0, gcm->hash_key, sizeof(gcm->hash_key));
	} else if (class == &chacha_class) {
		chacha_protection *chacha = (chacha_protection *)p;
		memcpy(chacha->key, secrets->key, sizeof(chacha->key));
		memcpy(chacha->iv, secrets->iv, sizeof(chacha->iv));
	} else if (class == &cbc_out_class) {
		cbc_out_protection *cbc = (cbc_out_protection *)p;
		cbc->random = random;
		cbc->mac_length = chosen->mac_length;
		cbc->encrypt_then_mac = encrypt_then_mac;
		br_hmac_key_init(&cbc->mac, mac_hash(crypto, chosen->mac_length), secrets->mac, chosen->mac_length);
		crypto->aes_cbcenc->init(&cbc->key.vtable, secrets->key, chosen->key_length);
	} else if (class == &etm_in_class) {
		etm_in_protection *etm = (etm_in_protection *)p;
		etm->mac_length = chosen->mac_length;
		br_hmac_key_init(&etm->mac, mac_hash(crypto, chosen->mac_length), secrets->mac, chosen->mac_length);
		crypto->aes_cbcdec->init(&etm->key.vtable, secrets->key, chosen->key_length);
	} else {
		cbc_in_protection *cbc = (cbc_in_protection *)p;
		crypto->cbc_in->init((const br_sslrec_in_cbc_class **)(void *)&cbc->cbc.vtable, crypto->aes_cbcdec,
							 secrets->key, chosen->key_length, mac_hash(crypto, chosen->mac_length), secrets->mac,
							 chosen->mac_length, chosen->mac_length, NULL);
	}
	return p;
}

void protection_free(protection *p, const axtls_memory *memory)
{
	if (p != NULL) {
		size_t size = p->size;
		axtls_wipe(p, size);
		memory->release(memory->param, p, size, AXTLS_MEMORY_SESSION);
	}
}

size_t protection_prefix(const protection *p)
{
	return p == NULL ? 0 : p->vtable->prefix;
}

size_t protection_length(const protection *p, size_t length)
{
	if (p == NULL) {
		return length;
	}
	if (p->vtable != &cbc_out_class) {
		return p->vtable->prefix + length + TAG;
	}
	const cbc_out_protection *cbc = (const cbc_out_protection *)p;
	size_t inside = length + (cbc->encrypt_then_mac ? 0 : cbc->mac_length);
	return BLOCK + inside + BLOCK - inside % BLOCK + (cbc->encrypt_then_mac ? cbc->mac_length : 0);
}

size_t protection_seal(protection *p, uint8_t type, uint8_t *record, size_t plaintext_length)
{
	return p == NULL ? plaintext_length : p->vtable->seal(p, type, record, plaintext_length);
}

bool protection_open(protection *p, uint8_t type, uint8_t *record, size_t length, size_t *start,
					 size_t *plaintext_length)
{
	return p->vtable->open(p, type, record, length, start, plaintext_length);
}
