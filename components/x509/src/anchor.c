/** Trust anchors: a table of them, and one made from a certificate. */
#include "internal.h"

const x509_anchor *x509_anchor_table_find(void *param, const uint8_t subject_hash[X509_SUBJECT_HASH_SIZE],
										  const x509_anchor *previous)
{
	const x509_anchor_table *table = param;
	size_t low = 0;
	size_t high = table->count;

	if(previous != NULL) {
		low = (size_t)(previous - table->anchors) + 1;
		high = low; // the next one in order, or none
	}
	while(low < high) {
		size_t middle = low + (high - low) / 2;
		if(memcmp(table->anchors[middle].subject_hash, subject_hash, X509_SUBJECT_HASH_SIZE) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if(low < table->count && memcmp(table->anchors[low].subject_hash, subject_hash, X509_SUBJECT_HASH_SIZE) == 0) {
		return &table->anchors[low];
	}
	return NULL;
}

typedef struct {
	uint8_t *memory;
	size_t size;
	size_t used;
} arena;

/** Copy into the caller's memory, or only count where there is no room (left). */
static uint8_t *store(arena *room, const uint8_t *data, size_t length)
{
	uint8_t *place = NULL;

	if(room->used <= room->size && length <= room->size - room->used) {
		place = room->memory + room->used;
		memcpy(place, data, length);
	}
	room->used += length;
	return place;
}

/** Curves whose keys are read. Nothing is computed with them here, so no implementation is drawn in. */
static const br_ec_impl known_curves = {
	.supported_curves = (uint32_t)1 << BR_EC_secp256r1 | (uint32_t)1 << BR_EC_secp384r1 | (uint32_t)1 << BR_EC_secp521r1,
};

x509_error x509_anchor_from_certificate(x509_context *work, const uint8_t *certificate, size_t length,
										x509_anchor *anchor, uint8_t *memory, size_t memory_length, size_t *used)
{
	x509_config config;
	x509_config_init_bare(&config, X509_SERVER_CERTIFICATE);
	config.check_chain = false;
	config.hashes = X509_HASH_SHA256;
	config.ec = &known_curves;

	memset(anchor, 0, sizeof(*anchor));
	*used = 0;
	x509_error error = x509_validate(work, &config, &certificate, &length, 1);
	work->config = NULL;
	if(error != X509_ERROR_NONE) {
		return error;
	}
	if(work->version != 2) {
		return X509_ERROR_BAD_VERSION;
	}

	bool signs = (work->flags & X509_HAS_USAGE) == 0 || (work->usage & X509_USAGE_CERT_SIGN) != 0;
	bool ca = (work->flags & X509_CA) != 0;
	if(ca && !signs) {
		return X509_ERROR_NOT_CA;
	}
	memcpy(anchor->subject_hash, work->issuer_hash, sizeof(anchor->subject_hash)); // here it is the subject's
	anchor->not_before = work->not_before;
	anchor->not_after = work->not_after;
	anchor->path_length = work->path_length;
	anchor->key = work->key;

	arena room = {memory, (memory != NULL) ? memory_length : 0, 0};
	if(anchor->key.key_type == BR_KEYTYPE_RSA) {
		br_rsa_public_key *key = &anchor->key.key.rsa;
		key->n = store(&room, key->n, key->nlen);
		key->e = store(&room, key->e, key->elen);
	} else {
		br_ec_public_key *key = &anchor->key.key.ec;
		key->q = store(&room, key->q, key->qlen);
	}
	if(!ca) {
		anchor->certificate_hash = store(&room, work->ee_sha256.digest, sizeof(work->ee_sha256.digest));
	} else if(work->constraints_length != 0) {
		anchor->name_constraints = store(&room, certificate + work->constraints_offset, work->constraints_length);
		anchor->name_constraints_length = work->constraints_length;
	}
	*used = room.used;
	return (room.used <= room.size) ? X509_ERROR_NONE : X509_ERROR_BUFFER;
}
