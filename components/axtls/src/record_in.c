/**
 * Records that come in (RFC 5246 §6.2).
 *
 * A record without protection is passed on as it comes, byte by byte if need be, and takes no memory. A protected one is
 * opened where it lies, if the owner allows that and all of it is there. Otherwise it is gathered in a buffer of its own
 * size, opened in place, and the buffer is given back as soon as its plaintext was used, or serves the next record, if
 * that has come already.
 */
#include "internal.h"
#include "reader.h"
#include "states.h"
#include <string.h>

/**
 * What was opened in memory of the owner's is wiped up to this: passwords and tokens come in short records, and a chip's
 * segments hold no longer ones. Of bulk data on a PC it would cost a hundredth of the processor time.
 */
#define WIPED_IN_PLACE 2048

/** The record lies in memory of the owner's: see axtls_engine_feed_in_place(). */
static bool is_borrowed(const axtls_engine *engine)
{
	return engine->in_data != NULL && engine->in_data != engine->in_own;
}

/** The record is done with. */
static void drop_record(axtls_engine *engine)
{
	if (is_borrowed(engine) && engine->in_have <= WIPED_IN_PLACE) {
		axtls_wipe(engine->in_data, engine->in_have);
	}
	engine->in_data = NULL;
	engine->in_have = engine->in_start = engine->in_end = 0;
}

void tls_release_input(axtls_engine *engine)
{
	drop_record(engine);
	tls_release(engine, engine->in_own, engine->in_size, AXTLS_MEMORY_RECORD_BUFFER);
	engine->in_own = NULL;
	engine->in_size = 0;
}

static uint16_t record_length(const axtls_engine *engine)
{
	return (uint16_t)(engine->header[3] << 8 | engine->header[4]);
}

/** See to a buffer for a record: the one of the record before, unless that is too small or half of it would lie idle. */
static bool have_buffer(axtls_engine *engine, uint16_t length)
{
	if (engine->in_size < length || engine->in_size / 2 > length) {
		tls_release_input(engine);
		engine->in_own = tls_allocate(engine, length, AXTLS_MEMORY_RECORD_BUFFER);
		if (engine->in_own == NULL) {
			return false;
		}
		engine->in_size = length;
	}
	engine->in_data = engine->in_own;
	engine->in_have = engine->in_start = engine->in_end = 0;
	return true;
}

/** The header is complete. */
static axtls_error check_header(axtls_engine *engine)
{
	const uint8_t *header = engine->header;
	uint16_t version = (uint16_t)(header[1] << 8 | header[2]);
	uint16_t length = record_length(engine);
	uint32_t limit = engine->in_keys == NULL ? MAX_PLAINTEXT : engine->input_limit + MAX_CIPHERTEXT - MAX_PLAINTEXT;

	if (header[0] < RECORD_CCS || header[0] > RECORD_DATA) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	/* RFC 5246 §E.1: until a version is agreed on, a ClientHello's record may say 3.0 and up, and a server's alert, too */
	bool any_version = !engine->version_known && (engine->server || header[0] != RECORD_HANDSHAKE);
	if (any_version ? header[1] != 3 : version != TLS12) {
		return AXTLS_ERROR_PROTOCOL_VERSION;
	}
	if (length > limit) {
		return AXTLS_ERROR_RECORD_OVERFLOW;
	}
	if (length == 0 && header[0] != RECORD_DATA && engine->in_keys == NULL) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	engine->record_left = length;
	return length == 0 && engine->in_keys != NULL ? AXTLS_ERROR_BAD_MAC : AXTLS_ERROR_NONE;
}

static axtls_error change_cipher_spec(axtls_engine *engine, const uint8_t *data, size_t length)
{
	/* RFC 5246 §7.1: one byte, and the record is no longer */
	if (length != 1 || engine->record_left != 0) {
		return AXTLS_ERROR_DECODE;
	}
	if (data[0] != 1) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	return states_change_cipher_spec(engine);
}

static axtls_error application_data(axtls_engine *engine, size_t length)
{
	if (!engine->connected || engine->in_keys == NULL) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	if (length == 0) {
		return tls_nuisance(engine);
	}
	engine->nuisances = 0;
	return AXTLS_ERROR_NONE;
}

/** Plaintext of a record, or a part of it: record_left bytes of it are still to come. */
static axtls_error deliver(axtls_engine *engine, const uint8_t *data, size_t length)
{
	uint8_t type = engine->header[0];
	bool in_message = reader_is_busy(engine) || engine->late_have > 0 || engine->late_skip > 0;

	if (length == 0 && type != RECORD_DATA) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	if (type == RECORD_ALERT) {
		return tls_alert_received(engine, data, length);
	}
	/* Nothing but an alert may come between the parts of a message (RFC 5246 §6.2.1, RFC 8446 §5.1), and nothing at all
	 * between the two bytes of an alert */
	if (engine->alert_have > 0 || (in_message && type != RECORD_HANDSHAKE)) {
		return AXTLS_ERROR_UNEXPECTED_MESSAGE;
	}
	switch (type) {
	case RECORD_HANDSHAKE:
		return engine->hs == NULL ? tls_late_handshake(engine, data, length) : reader_feed(engine, data, length);
	case RECORD_CCS:
		return change_cipher_spec(engine, data, length);
	default:
		return application_data(engine, length);
	}
}

/** A protected record is complete. */
static axtls_error open_record(axtls_engine *engine)
{
	size_t start, length;
	axtls_error error = AXTLS_ERROR_NONE;
	if (!protection_open(engine->in_keys, engine->header[0], engine->in_data, engine->in_have, &start, &length)) {
		error = AXTLS_ERROR_BAD_MAC;
	} else if (length > engine->input_limit) {
		error = AXTLS_ERROR_RECORD_OVERFLOW;
	} else {
		error = deliver(engine, engine->in_data + start, length);
	}
	if (error == AXTLS_ERROR_NONE && engine->header[0] == RECORD_DATA && length > 0 && !engine->closing) {
		engine->in_start = (uint16_t)start;
		engine->in_end = (uint16_t)(start + length);
	} else {
		tls_release_input(engine);
	}
	return error;
}

/** A part of a protected record. @param place the same bytes, where the record may be opened; NULL: nowhere */
static axtls_error gather(axtls_engine *engine, const uint8_t *data, uint8_t *place, size_t length)
{
	uint16_t whole = record_length(engine);
	if (engine->record_left + length == whole) { /* it begins here */
		if (place != NULL && length == whole) {
			engine->in_data = place;
			engine->in_have = whole;
			return open_record(engine);
		}
		if (!have_buffer(engine, whole)) {
			return AXTLS_ERROR_MEMORY;
		}
	}
	memcpy(engine->in_data + engine->in_have, data, length);
	engine->in_have = (uint16_t)(engine->in_have + length);
	return engine->record_left == 0 ? open_record(engine) : AXTLS_ERROR_NONE;
}

/** One portion: the rest of a header, or what is there of a record. @return bytes taken */
static size_t take(axtls_engine *engine, const uint8_t *data, uint8_t *place, size_t length, axtls_error *error)
{
	*error = AXTLS_ERROR_NONE;
	if (engine->header_have < RECORD_HEADER) {
		size_t portion = RECORD_HEADER - (size_t)engine->header_have;
		portion = portion < length ? portion : length;
		memcpy(engine->header + engine->header_have, data, portion);
		engine->header_have = (uint8_t)(engine->header_have + portion);
		if (engine->header_have == RECORD_HEADER) {
			*error = check_header(engine);
			if (*error == AXTLS_ERROR_NONE && engine->record_left == 0) {
				engine->header_have = 0;
				*error = deliver(engine, NULL, 0);
			}
		}
		return portion;
	}
	size_t portion = engine->record_left < length ? engine->record_left : length;
	engine->record_left = (uint16_t)(engine->record_left - portion);
	if (engine->record_left == 0) {
		engine->header_have = 0;
	}
	*error = engine->in_keys == NULL ? deliver(engine, data, portion) : gather(engine, data, place, portion);
	return portion;
}

static size_t feed(axtls_engine *engine, const uint8_t *data, uint8_t *place, size_t length)
{
	size_t used = 0;
	while (used < length) {
		if (engine->closed) {
			return length;
		}
		if (engine->in_end > engine->in_start) {
			engine->in_next = true;
			break;
		}
		engine->in_next = false;
		if (engine->header_have == 0 && states_is_writing(engine)) {
			states_write(engine);
			if (states_is_writing(engine)) {
				break;
			}
			continue;
		}
		axtls_error error;
		used += take(engine, data + used, place == NULL ? NULL : place + used, length - used, &error);
		if (error != AXTLS_ERROR_NONE) {
			tls_fail(engine, error);
		}
	}
	return used;
}

size_t axtls_engine_feed(axtls_engine *engine, const uint8_t *data, size_t length)
{
	return feed(engine, data, NULL, length);
}

size_t axtls_engine_feed_in_place(axtls_engine *engine, uint8_t *data, size_t length)
{
	return feed(engine, data, data, length);
}

void axtls_engine_keep_input(axtls_engine *engine)
{
	if (!is_borrowed(engine)) {
		return;
	}
	if (engine->error != AXTLS_ERROR_NONE) { /* nobody is to have it */
		tls_release_input(engine);
		return;
	}
	uint16_t length = (uint16_t)(engine->in_end - engine->in_start);
	uint8_t *own = tls_allocate(engine, length, AXTLS_MEMORY_RECORD_BUFFER);
	if (own != NULL) {
		memcpy(own, engine->in_data + engine->in_start, length);
	}
	tls_release_input(engine);
	if (own == NULL) {
		tls_fail(engine, AXTLS_ERROR_MEMORY);
		return;
	}
	engine->in_data = engine->in_own = own;
	engine->in_size = engine->in_have = engine->in_end = length;
}

size_t axtls_engine_wanted(const axtls_engine *engine)
{
	size_t left = engine->header_have < RECORD_HEADER ? RECORD_HEADER - (size_t)engine->header_have : engine->record_left;
	/* After a record that ended the connection, whatever comes is dropped */
	return left > 0 ? left : RECORD_HEADER;
}

bool axtls_engine_is_between_records(const axtls_engine *engine)
{
	return engine->header_have == 0;
}

size_t axtls_engine_peek_input(axtls_engine *engine, const uint8_t **data)
{
	*data = engine->in_data == NULL ? NULL : engine->in_data + engine->in_start;
	return engine->error == AXTLS_ERROR_NONE ? (size_t)(engine->in_end - engine->in_start) : 0;
}

void axtls_engine_consume_input(axtls_engine *engine, size_t length)
{
	size_t waiting = (size_t)(engine->in_end - engine->in_start);
	engine->in_start = (uint16_t)(engine->in_start + (length < waiting ? length : waiting));
	if (waiting > 0 && engine->in_start == engine->in_end) {
		if (engine->in_next) {
			drop_record(engine); /* the buffer can serve the one that has come */
		} else {
			tls_release_input(engine);
		}
	}
}
