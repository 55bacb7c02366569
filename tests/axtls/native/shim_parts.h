/* What the parts of the shim know of each other; Python sees only shim.h. */
#pragma once

#include <axtls/engine.h>
#include <bearssl.h>
#include <stdint.h>
#include <x509/validator.h>

#include "shim.h"

#define MAX_IDENTITIES 4
#define MAX_CHAIN 6
#define MAX_ANCHORS 8

typedef struct {
	br_x509_certificate chain[MAX_CHAIN];
	br_skey_decoder_context decoder;
	br_rsa_private_key rsa;
	br_ec_private_key ec;
} identity_store;

struct shim_settings {
	axtls_settings settings;
	axtls_crypto crypto;
	br_ec_impl ec;
	br_hmac_drbg_context random;
	axtls_cache cache;
	axtls_ticket_keys tickets;
	uint16_t suites[64];
	char protocols[4][256];
	const char *protocol_list[4];
	axtls_name authorities[8];
	axtls_identity identities[MAX_IDENTITIES];
	identity_store stores[MAX_IDENTITIES];
	x509_anchor anchors[MAX_ANCHORS];
	uint8_t anchor_memory[MAX_ANCHORS][2048];
	x509_anchor_table table;
	uint32_t time;
	int64_t clock;
	char served_name[256];
};

struct shim_connection {
	axtls_engine *engine;
	shim_settings *owner;
	x509_config config;
	x509_context *validator;
	char name[256];
	char served_name[256];
};

extern const axtls_memory shim_memory;

/** Plaintext that an engine is given: no record of its may have parts of it. */
void shim_remember(const axtls_engine *engine, const uint8_t *data, size_t length);
