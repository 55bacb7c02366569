#include "extensions.h"
#include "write.h"

uint8_t max_fragment_code(uint16_t fragment)
{
	switch (fragment) {
	case 512:
		return 1;
	case 1024:
		return 2;
	case 2048:
		return 3;
	case 4096:
		return 4;
	default:
		return 0;
	}
}

void apply_limits(axtls_engine *engine, uint8_t max_fragment)
{
	const axtls_handshake *hs = engine->hs;
	if ((hs->extensions_seen & EXT_RECORD_LIMIT) != 0) {
		/* RFC 8449 §5: it takes the place of max_fragment_length. Each direction has its own */
		engine->input_limit = engine->settings->input_fragment;
		uint16_t limit = hs->record_limit;
		if (max_fragment != 0 && limit == (256u << max_fragment) + 1) {
			/* GnuTLS counts the type that records have inside in TLS 1.3, and then holds to the smaller number in 1.2 */
			limit--;
		}
		if (limit < engine->output_fragment) {
			engine->output_fragment = limit;
		}
	} else if (max_fragment != 0) {
		uint16_t limit = (uint16_t)(256u << max_fragment);
		engine->input_limit = limit;
		if (limit < engine->output_fragment) {
			engine->output_fragment = limit;
		}
	}
}

uint64_t hash_name(const char *name, size_t length)
{
	/* 63 bits: a server knows its sessions' secrets, and with a name that collides could pass for the other */
	uint8_t hash[br_sha256_SIZE];
	br_sha256_context context;
	br_sha256_init(&context);
	for (size_t i = 0; i < length; i++) {
		char c = name[i];
		if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		}
		br_sha256_update(&context, &c, 1);
	}
	br_sha256_out(&context, hash);
	uint64_t value = 0;
	for (size_t i = 0; i < sizeof(value); i++) {
		value = value << 8 | hash[i];
	}
	return value | 1;
}

void put_extension(axtls_engine *engine, uint16_t wire, uint16_t bit, void (*contents)(axtls_engine *engine))
{
	engine->hs->extensions_sent |= bit;
	put_number(engine, wire, 2);
	put_vector(engine, 2, contents);
}

static void put_scheme_list(axtls_engine *engine)
{
	uint16_t mask = scheme_verify_mask(engine->settings->crypto);
	for (size_t row = 0; row < SCHEME_COUNT; row++) {
		if ((mask >> row & 1) != 0) {
			put_number(engine, scheme_table[row].id, 2);
		}
	}
}

void put_schemes(axtls_engine *engine)
{
	put_vector(engine, 2, put_scheme_list);
}

void put_nothing(axtls_engine *engine)
{
	(void)engine;
}

void put_point_formats(axtls_engine *engine)
{
	/* One format: uncompressed */
	put_vector_of(engine, 1, "", 1);
}

void put_no_renegotiation_info(axtls_engine *engine)
{
	/* RFC 5746 §3.4, §3.6: an empty vector, as it is not a renegotiation */
	put_vector_of(engine, 1, "", 0);
}

void put_max_fragment(axtls_engine *engine)
{
	put_number(engine, engine->hs->max_fragment, 1);
}

void put_record_limit(axtls_engine *engine)
{
	put_number(engine, engine->settings->input_fragment, 2);
}
