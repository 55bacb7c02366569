/** ServerKeyExchange (RFC 8422 §5.4), written by a server: its share, signed. */
#include "key_share.h"
#include "messages.h"
#include "server_key_exchange.h"
#include "signature.h"
#include "write.h"

size_t hash_parameters(const axtls_engine *engine, const scheme *s, uint8_t hash[MAX_HASH])
{
	const axtls_handshake *hs = engine->hs;
	const br_hash_class *hash_class = hash_by_id(engine->settings->crypto, s->hash);
	uint8_t header[4] = {NAMED_CURVE, 0, 0, hs->point_length};
	br_hash_compat_context context;

	put16(header + 1, group_table[hs->group].id);
	hash_class->init(&context.vtable);
	hash_class->update(&context.vtable, hs->client_random, RANDOM_SIZE);
	hash_class->update(&context.vtable, hs->server_random, RANDOM_SIZE);
	hash_class->update(&context.vtable, header, sizeof(header));
	hash_class->update(&context.vtable, hs->point, hs->point_length);
	hash_class->out(&context.vtable, hash);
	return hash_class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static void put_body(axtls_engine *engine)
{
	const axtls_handshake *hs = engine->hs;
	put_number(engine, NAMED_CURVE, 1);
	put_number(engine, group_table[hs->group].id, 2);
	put_vector_of(engine, 1, hs->point, hs->point_length);
	put_signature(engine);
}

axtls_error write_server_key_exchange(axtls_engine *engine, bool *more)
{
	axtls_handshake *hs = engine->hs;
	uint8_t hash[MAX_HASH];
	(void)more;

	hs->point_length = (uint8_t)key_share_make(engine, hs->point);
	if (hs->point_length == 0) {
		return AXTLS_ERROR_INTERNAL;
	}
	size_t length = hash_parameters(engine, &scheme_table[hs->scheme], hash);
	axtls_error error = signature_make(engine, hash, length);
	if (error == AXTLS_ERROR_NONE) {
		error = write_message(engine, SERVER_KEY_EXCHANGE, put_body);
	}
	signature_release(engine);
	return error;
}
