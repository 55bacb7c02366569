#include "record_out.h"
#include "states.h"
#include <string.h>

/** The buffer grows in steps of so many bytes, so that a message of small pieces does not move it for each. */
#define GROWTH 192u

uint32_t out_pending(const axtls_engine *engine)
{
	return engine->out_used - engine->out_sent;
}

/**
 * Give the buffer back. Of what it held, only the open record has to be wiped: the finished ones are on their way to the
 * peer in plain sight, and wiping them, too, costs bulk data a pass over memory.
 */
static void give_back(axtls_engine *engine)
{
	if (engine->out_data != NULL) {
		const axtls_memory *memory = engine->settings->memory;
		axtls_wipe(engine->out_data + engine->out_closed, engine->out_used - engine->out_closed);
		memory->release(memory->param, engine->out_data, engine->out_size, AXTLS_MEMORY_RECORD_BUFFER);
	}
}

void out_release(axtls_engine *engine)
{
	give_back(engine);
	engine->out_data = NULL;
	engine->out_size = engine->out_sent = engine->out_closed = engine->out_used = 0;
	engine->out_type = 0;
}

/** Move what waits to a buffer of `size` bytes. */
static bool resize(axtls_engine *engine, uint32_t size)
{
	uint32_t kept = out_pending(engine);
	uint8_t *data = tls_allocate(engine, size, AXTLS_MEMORY_RECORD_BUFFER);
	if (data == NULL) {
		return false;
	}
	if (kept > 0) {
		memcpy(data, engine->out_data + engine->out_sent, kept);
	}
	give_back(engine);
	engine->out_data = data;
	engine->out_size = size;
	engine->out_closed -= engine->out_sent;
	engine->out_used = kept;
	engine->out_sent = 0;
	return true;
}

/** Make room for `length` more bytes. */
static bool reserve(axtls_engine *engine, size_t length)
{
	uint32_t size = out_pending(engine) + (uint32_t)length;
	/* Without memory for more, an alert or the last piece of something may still fit */
	return engine->out_size - engine->out_used >= length || resize(engine, size + GROWTH) || resize(engine, size);
}

/** Plaintext in the open record. */
static size_t open_length(const axtls_engine *engine)
{
	return engine->out_used - engine->out_closed - RECORD_HEADER - protection_prefix(engine->out_keys);
}

size_t out_room(const axtls_engine *engine)
{
	return engine->out_type == 0 ? engine->output_fragment : engine->output_fragment - open_length(engine);
}

void out_close_record(axtls_engine *engine)
{
	engine->out_gathers = false;
	if (engine->out_type == 0) {
		return;
	}
	uint8_t *header = engine->out_data + engine->out_closed;
	size_t length =
		protection_seal(engine->out_keys, engine->out_type, header + RECORD_HEADER, open_length(engine));
	header[0] = engine->out_type;
	put16(header + 1, TLS12);
	if (!engine->server && !engine->version_known && engine->out_type == RECORD_ALERT && engine->header[1] == 3) {
		/* A server that chose an older version understands the refusal only in its records */
		header[2] = engine->header[2];
	}
	put16(header + 3, (uint32_t)length);
	engine->out_closed += RECORD_HEADER + (uint32_t)length;
	engine->out_used = engine->out_closed;
	engine->out_type = 0;
}

void out_drop_record(axtls_engine *engine)
{
	engine->out_gathers = false;
	if (engine->out_type != 0) {
		axtls_wipe(engine->out_data + engine->out_closed, engine->out_used - engine->out_closed);
		engine->out_used = engine->out_closed;
		engine->out_type = 0;
	}
}

axtls_error out_put(axtls_engine *engine, uint8_t type, const uint8_t *data, size_t length)
{
	if (engine->out_type != 0 && engine->out_type != type) {
		out_close_record(engine);
	}
	while (length > 0) {
		if (out_room(engine) == 0) {
			out_close_record(engine);
		}
		size_t room = out_room(engine);
		size_t take = length < room ? length : room;
		size_t front = engine->out_type == 0 ? RECORD_HEADER + protection_prefix(engine->out_keys) : 0;
		if (!reserve(engine, front + take + PROTECTION_SUFFIX)) {
			return AXTLS_ERROR_MEMORY;
		}
		engine->out_type = type;
		engine->out_used += (uint32_t)front;
		memcpy(engine->out_data + engine->out_used, data, take);
		engine->out_used += (uint32_t)take;
		data += take;
		length -= take;
	}
	return AXTLS_ERROR_NONE;
}

size_t axtls_engine_peek_output(axtls_engine *engine, const uint8_t **data)
{
	if (engine->out_closed == engine->out_sent && !engine->closed) {
		states_write(engine);
	}
	*data = engine->out_data == NULL ? NULL : engine->out_data + engine->out_sent;
	return engine->out_gathers ? 0 : engine->out_closed - engine->out_sent;
}

void axtls_engine_consume_output(axtls_engine *engine, size_t length)
{
	uint32_t waiting = engine->out_closed - engine->out_sent;
	engine->out_sent += length < waiting ? (uint32_t)length : waiting;
	if (engine->out_sent == engine->out_used) {
		out_release(engine);
	}
}

/** Room that a full record takes. */
static uint32_t full_record(const axtls_engine *engine)
{
	return RECORD_HEADER + (uint32_t)protection_prefix(engine->out_keys) + engine->output_fragment + PROTECTION_SUFFIX;
}

size_t axtls_engine_write(axtls_engine *engine, const uint8_t *data, size_t length)
{
	const uint32_t batch = engine->settings->output_batch;
	bool is_waiting = engine->out_closed != engine->out_sent && !engine->out_gathers;
	if (!engine->connected || engine->closing || engine->closed || length == 0 || is_waiting) {
		return 0;
	}
	size_t room = out_room(engine);
	size_t take = length < room ? length : room;
	if (take == room && engine->out_size < batch && out_pending(engine) + full_record(engine) <= batch) {
		/* Room for the batch at once, so that it does not move for each record; without it, they leave one by one */
		resize(engine, batch);
	}
	while (out_put(engine, RECORD_DATA, data, take) != AXTLS_ERROR_NONE) {
		/* Less memory than hoped for: smaller records do as well */
		take /= 2;
		if (take == 0) {
			if (out_pending(engine) == 0) {
				tls_fail(engine, AXTLS_ERROR_MEMORY);
			}
			/* What was written before can leave, and gives its memory back */
			out_close_record(engine);
			return 0;
		}
	}
	if (out_room(engine) == 0) {
		out_close_record(engine);
		engine->out_gathers = batch > 0 && engine->out_size - engine->out_used >= full_record(engine);
	}
	return take;
}

size_t axtls_engine_protected_length(const axtls_engine *engine, size_t length)
{
	size_t total = 0;
	while (length > 0) {
		size_t take = length < engine->output_fragment ? length : engine->output_fragment;
		total += RECORD_HEADER + protection_length(engine->out_keys, take);
		length -= take;
	}
	return total;
}

void axtls_engine_flush(axtls_engine *engine)
{
	engine->out_gathers = false;
	if (engine->out_type == RECORD_DATA) {
		out_close_record(engine);
	}
}
