/** Certificate (RFC 5246 §7.4.2, §7.4.6), written in pieces from wherever it lies. */
#include "messages.h"
#include "record_out.h"
#include "write.h"

static void put_chain_length(axtls_engine *engine, size_t overhead)
{
	const axtls_identity *identity = engine->hs->identity;
	uint32_t length = 0;
	for (size_t i = 0; identity != NULL && i < identity->chain_length; i++) {
		length += 3 + (uint32_t)identity->chain[i].data_len;
	}
	put_number(engine, length + (uint32_t)overhead, 3);
}

axtls_error write_certificate(axtls_engine *engine, bool *more)
{
	axtls_handshake *hs = engine->hs;
	const axtls_identity *identity = hs->identity;

	if (!hs->chain_started) {
		hs->chain_started = true;
		put_number(engine, CERTIFICATE, 1);
		put_chain_length(engine, 3);
		put_chain_length(engine, 0);
	}
	while (identity != NULL && hs->chain_index < identity->chain_length) {
		const br_x509_certificate *certificate = &identity->chain[hs->chain_index];
		uint32_t left = (uint32_t)certificate->data_len - hs->chain_at;
		uint32_t pending = out_pending(engine);
		uint32_t room = pending < OUT_PIECE ? OUT_PIECE - pending : 0;
		uint32_t take = left < room ? left : room;

		if (room == 0) {
			/* Not even its length: it would be written again */
			*more = true;
			break;
		}
		if (hs->chain_at == 0) {
			put_number(engine, left, 3);
		}
		put_bytes(engine, certificate->data + hs->chain_at, take);
		hs->chain_at += take;
		if (write_result(engine) != AXTLS_ERROR_NONE) {
			break;
		}
		if (take < left) {
			*more = true;
			break;
		}
		hs->chain_index++;
		hs->chain_at = 0;
	}
	return write_result(engine);
}
