#include "write.h"
#include "record_out.h"

void put_bytes(axtls_engine *engine, const void *data, size_t length)
{
	axtls_handshake *hs = engine->hs;
	if (hs->measuring) {
		hs->measured += (uint32_t)length;
		return;
	}
	transcript_update(&hs->hashes, data, length);
	axtls_error error = out_put(engine, RECORD_HANDSHAKE, data, length);
	if (hs->write_error == AXTLS_ERROR_NONE) {
		hs->write_error = error;
	}
}

void put_number(axtls_engine *engine, uint32_t value, size_t bytes)
{
	uint8_t data[4];
	for (size_t i = 0; i < bytes; i++) {
		data[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
	}
	put_bytes(engine, data, bytes);
}

void put_vector(axtls_engine *engine, size_t bytes, put_function contents)
{
	axtls_handshake *hs = engine->hs;
	bool was_measuring = hs->measuring;
	uint32_t before = hs->measured;

	hs->measuring = true;
	hs->measured = 0;
	contents(engine);
	uint32_t length = hs->measured;
	hs->measuring = was_measuring;
	hs->measured = before;
	if (length >> (8 * bytes) != 0 && hs->write_error == AXTLS_ERROR_NONE) {
		hs->write_error = AXTLS_ERROR_CONFIGURATION;
	}
	put_number(engine, length, bytes);
	contents(engine);
}

void put_vector_of(axtls_engine *engine, size_t bytes, const void *data, size_t length)
{
	put_number(engine, (uint32_t)length, bytes);
	put_bytes(engine, data, length);
}

axtls_error write_message(axtls_engine *engine, uint8_t type, put_function body)
{
	put_number(engine, type, 1);
	put_vector(engine, 3, body);
	return write_result(engine);
}

axtls_error write_result(const axtls_engine *engine)
{
	return engine->hs->write_error;
}
