#include "key_share.h"
#include <string.h>

size_t key_share_make(axtls_engine *engine, uint8_t *point)
{
	axtls_handshake *hs = engine->hs;
	const br_ec_impl *ec = engine->settings->crypto->ec;
	int curve = group_table[hs->group].id;
	br_ec_private_key key;

	hs->ephemeral_length = (uint8_t)br_ec_keygen(engine->settings->random, ec, &key, hs->ephemeral, curve);
	return hs->ephemeral_length == 0 ? 0 : ec->mulgen(point, hs->ephemeral, hs->ephemeral_length, curve);
}

bool key_share_agree(axtls_engine *engine, uint8_t *point, size_t length)
{
	axtls_handshake *hs = engine->hs;
	const br_ec_impl *ec = engine->settings->crypto->ec;
	const group *g = &group_table[hs->group];
	uint8_t any = 0;

	if (length != g->point_length) {
		return false;
	}
	uint32_t good = ec->mul(point, length, hs->ephemeral, hs->ephemeral_length, g->id);
	size_t x_length;
	size_t x_offset = ec->xoff(g->id, &x_length);
	memcpy(hs->premaster, point + x_offset, x_length);
	hs->premaster_length = (uint8_t)x_length;
	for (size_t i = 0; i < x_length; i++) {
		any |= hs->premaster[i];
	}
	axtls_wipe(hs->ephemeral, sizeof(hs->ephemeral));
	/* RFC 8422 §5.11: a secret of zeros means a point of small order */
	return good != 0 && any != 0;
}
