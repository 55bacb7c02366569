#include "reader.h"
#include "states.h"
#include <string.h>

uint32_t reader_left(const axtls_engine *engine)
{
	const reader *r = &engine->hs->read;
	return r->ends[r->depth] - r->at;
}

static axtls_error ask(axtls_engine *engine, uint32_t length, step_function step, bool streaming)
{
	reader *r = &engine->hs->read;
	if (length > reader_left(engine)) {
		return AXTLS_ERROR_DECODE;
	}
	r->need = length;
	r->step = step;
	r->streaming = streaming;
	return AXTLS_ERROR_NONE;
}

axtls_error reader_want(axtls_engine *engine, uint32_t length, step_function step)
{
	return ask(engine, length, step, false);
}

axtls_error reader_stream(axtls_engine *engine, uint32_t length, step_function step)
{
	return ask(engine, length, step, true);
}

axtls_error reader_enter(axtls_engine *engine, uint32_t length)
{
	reader *r = &engine->hs->read;
	if (length > reader_left(engine)) {
		return AXTLS_ERROR_DECODE;
	}
	if (r->depth + 1 >= READER_DEPTH) {
		return AXTLS_ERROR_INTERNAL;
	}
	r->ends[++r->depth] = r->at + length;
	return AXTLS_ERROR_NONE;
}

axtls_error reader_leave(axtls_engine *engine)
{
	reader *r = &engine->hs->read;
	if (reader_left(engine) != 0) {
		return AXTLS_ERROR_DECODE;
	}
	r->depth--;
	return AXTLS_ERROR_NONE;
}

axtls_error reader_finish(axtls_engine *engine)
{
	reader *r = &engine->hs->read;
	r->step = NULL;
	return r->depth == 0 && reader_left(engine) == 0 ? AXTLS_ERROR_NONE : AXTLS_ERROR_DECODE;
}

bool reader_is_busy(const axtls_engine *engine)
{
	return engine->hs != NULL && engine->hs->read.step != NULL;
}

void reader_release(axtls_engine *engine)
{
	reader *r = &engine->hs->read;
	tls_release(engine, r->gathered, r->need, AXTLS_MEMORY_HANDSHAKE);
	r->gathered = NULL;
	r->have = 0;
}

/** Step: the four bytes in front of every message (RFC 5246 §7.4). */
static axtls_error read_header(axtls_engine *engine, cursor *bytes)
{
	reader *r = &engine->hs->read;
	const uint8_t *header = cursor_take(bytes, sizeof(r->header));

	memcpy(r->header, header, sizeof(r->header));
	r->type = header[0];
	r->at = 0;
	r->depth = 0;
	r->ends[0] = (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
	r->header_pending = true;
	return states_begin_message(engine, r->type, r->ends[0]);
}

/** Run the step over its bytes; then they enter the transcript. */
static axtls_error run(axtls_engine *engine, const uint8_t *data, size_t length)
{
	reader *r = &engine->hs->read;
	bool in_header = r->step == read_header;
	cursor bytes = cursor_over(data, length);

	r->at += (uint32_t)length;
	r->need = r->streaming ? r->need - (uint32_t)length : 0;
	axtls_error error = r->step(engine, &bytes);
	if (error != AXTLS_ERROR_NONE) {
		return error;
	}
	if (bytes.overrun) {
		return AXTLS_ERROR_DECODE;
	}
	if (in_header || r->type == HELLO_REQUEST) {
		return AXTLS_ERROR_NONE;
	}
	if (r->header_pending) {
		transcript_update(&engine->hs->hashes, r->header, sizeof(r->header));
		r->header_pending = false;
	}
	transcript_update(&engine->hs->hashes, data, length);
	return AXTLS_ERROR_NONE;
}

/** Gather towards what the step needs. @return false when there is no memory */
static bool gather(axtls_engine *engine, const uint8_t **data, size_t *length)
{
	reader *r = &engine->hs->read;
	size_t take = r->need - r->have < *length ? r->need - r->have : *length;
	uint8_t *room = r->small;

	if (r->need > sizeof(r->small)) {
		if (r->gathered == NULL) {
			r->gathered = tls_allocate(engine, r->need, AXTLS_MEMORY_HANDSHAKE);
		}
		room = r->gathered;
		if (room == NULL) {
			return false;
		}
	}
	memcpy(room + r->have, *data, take);
	r->have += (uint32_t)take;
	*data += take;
	*length -= take;
	return true;
}

/** One step, if its bytes are there; else what is there is kept. `*progress` says whether it ran. */
static axtls_error advance(axtls_engine *engine, const uint8_t **data, size_t *length, bool *progress)
{
	reader *r = &engine->hs->read;
	axtls_error error;

	*progress = true;
	if (r->streaming) {
		size_t take = r->need < *length ? r->need : *length;
		*progress = take > 0;
		if (take == 0) {
			return AXTLS_ERROR_NONE;
		}
		error = run(engine, *data, take);
		*data += take;
		*length -= take;
		return error;
	}
	if (r->have == 0 && *length >= r->need) {
		uint32_t take = r->need;
		error = run(engine, *data, take);
		*data += take;
		*length -= take;
		return error;
	}
	if (*length == 0 || !gather(engine, data, length)) {
		*progress = false;
		return *length == 0 ? AXTLS_ERROR_NONE : AXTLS_ERROR_MEMORY;
	}
	if (r->have < r->need) {
		*progress = false;
		return AXTLS_ERROR_NONE;
	}
	uint32_t size = r->need;
	uint8_t *block = r->gathered;
	uint8_t copy[sizeof(r->small)];
	if (block == NULL) {
		memcpy(copy, r->small, size);
	}
	r->gathered = NULL;
	r->have = 0;
	error = run(engine, block == NULL ? copy : block, size);
	tls_release(engine, block, size, AXTLS_MEMORY_HANDSHAKE);
	return error;
}

axtls_error reader_feed(axtls_engine *engine, const uint8_t *data, size_t length)
{
	for (;;) {
		reader *r = &engine->hs->read;
		if (r->step == NULL) {
			if (length == 0) {
				return AXTLS_ERROR_NONE;
			}
			r->at = 0;
			r->depth = 0;
			r->ends[0] = sizeof(r->header);
			axtls_error error = reader_want(engine, sizeof(r->header), read_header);
			if (error != AXTLS_ERROR_NONE) {
				return error;
			}
		}
		bool progress;
		axtls_error error = advance(engine, &data, &length, &progress);
		if (error != AXTLS_ERROR_NONE || !progress) {
			return error;
		}
		if (r->step == NULL) {
			error = states_end_message(engine);
			if (error != AXTLS_ERROR_NONE) {
				return error;
			}
			/* A flight ends with its record: what we answer, and under which keys, depends on nothing after it */
			if (!states_is_reading(engine)) {
				return length == 0 && engine->record_left == 0 ? AXTLS_ERROR_NONE : AXTLS_ERROR_UNEXPECTED_MESSAGE;
			}
		}
	}
}
