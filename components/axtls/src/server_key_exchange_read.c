/** ServerKeyExchange (RFC 8422 §5.4), read by a client: a group that was offered, signed by the certificate's key. */
#include "messages.h"
#include "reader.h"
#include "server_key_exchange.h"
#include "signature.h"
#include <string.h>

static axtls_error step(axtls_engine *engine, cursor *bytes)
{
	axtls_handshake *hs = engine->hs;
	uint8_t hash[MAX_HASH];
	const scheme *used;
	cursor signature;

	uint8_t type = cursor_u8(bytes);
	size_t row = group_find(cursor_u16(bytes));
	cursor point = cursor_vector(bytes, 1);
	if (bytes->overrun || point.left == 0) {
		return AXTLS_ERROR_DECODE;
	}
	if (type != NAMED_CURVE || (group_mask(engine->settings->crypto) >> row & 1) == 0 ||
		point.left != group_table[row].point_length) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	hs->group = (uint8_t)row;
	hs->point_length = (uint8_t)point.left;
	memcpy(hs->point, point.at, point.left);

	axtls_error error = signature_read(engine, bytes, &used, &signature);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	size_t length = hash_parameters(engine, used, hash);
	error = signature_verify(engine, used, hash, length, &signature);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	engine->peer_authenticated = true;
	tls_release_validator(engine);
	return reader_finish(engine);
}

axtls_error read_server_key_exchange(axtls_engine *engine, uint32_t length)
{
	return reader_want(engine, length, step);
}
