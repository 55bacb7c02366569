/** Alerts (RFC 5246 §7.2), and what is refused with one after the handshake. */
#include "internal.h"
#include "record_out.h"
#include "states.h"
#include <string.h>

#define WARNING 1
#define FATAL 2

/** Warnings and empty records in a row; OpenSSL allows 5 and 32. */
#define MAX_NUISANCES 16
/** Requests to renegotiate on one connection. */
#define MAX_RENEGOTIATIONS 4

axtls_error tls_nuisance(axtls_engine *engine)
{
	return ++engine->nuisances > MAX_NUISANCES ? AXTLS_ERROR_TOO_MANY_WARNINGS : AXTLS_ERROR_NONE;
}

void tls_alert_send(axtls_engine *engine, uint8_t level, axtls_alert alert)
{
	uint8_t message[2] = {level, (uint8_t)alert};
	out_close_record(engine);
	if (out_put(engine, RECORD_ALERT, message, sizeof(message)) == AXTLS_ERROR_NONE) {
		out_close_record(engine);
		if (level == FATAL || alert == AXTLS_ALERT_CLOSE_NOTIFY) {
			engine->alert_sent = (int16_t)alert;
		}
	}
}

static axtls_error handle(axtls_engine *engine, uint8_t level, uint8_t description)
{
	if (description == AXTLS_ALERT_CLOSE_NOTIFY) {
		engine->peer_closed = true;
		engine->alert_received = AXTLS_ALERT_CLOSE_NOTIFY;
		if (!engine->connected) {
			tls_fail(engine, AXTLS_ERROR_CLOSED_EARLY);
			return AXTLS_ERROR_NONE;
		}
		/* RFC 5246 §7.2.1: answer with our own and drop what was still to be written */
		if (!engine->closing) {
			out_drop_record(engine);
			tls_alert_send(engine, WARNING, AXTLS_ALERT_CLOSE_NOTIFY);
			if (engine->alert_sent != AXTLS_ALERT_CLOSE_NOTIFY) {
				tls_fail_with(engine, AXTLS_ERROR_MEMORY, AXTLS_ALERT_NONE);
			}
		}
		engine->closed = true;
		return AXTLS_ERROR_NONE;
	}
	if (level == FATAL) {
		engine->alert_received = description;
		return AXTLS_ERROR_ALERT_RECEIVED;
	}
	if (level != WARNING) {
		return AXTLS_ERROR_ILLEGAL_PARAMETER;
	}
	return tls_nuisance(engine);
}

axtls_error tls_alert_received(axtls_engine *engine, const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length && !engine->closed; i++) {
		if (engine->alert_have == 0) {
			engine->alert_have = 1;
			engine->alert_level = data[i];
			continue;
		}
		engine->alert_have = 0;
		axtls_error error = handle(engine, engine->alert_level, data[i]);
		if (error != AXTLS_ERROR_NONE) {
			return error;
		}
	}
	return AXTLS_ERROR_NONE;
}

/** A request to renegotiate is complete; it is refused (RFC 5746 §4.5). */
static axtls_error refuse(axtls_engine *engine)
{
	if (++engine->renegotiations > MAX_RENEGOTIATIONS) {
		return AXTLS_ERROR_RENEGOTIATION;
	}
	if (!engine->closing) {
		axtls_engine_flush(engine);
		tls_alert_send(engine, WARNING, AXTLS_ALERT_NO_RENEGOTIATION);
	}
	return AXTLS_ERROR_NONE;
}

axtls_error tls_late_handshake(axtls_engine *engine, const uint8_t *data, size_t length)
{
	while (length > 0) {
		if (engine->late_skip > 0) {
			size_t skip = engine->late_skip < length ? engine->late_skip : length;
			engine->late_skip -= (uint32_t)skip;
			data += skip;
			length -= skip;
		} else {
			engine->late_header[engine->late_have++] = *data++;
			length--;
			if (engine->late_have < sizeof(engine->late_header)) {
				continue;
			}
			engine->late_have = 0;
			const uint8_t *header = engine->late_header;
			if (header[0] != (engine->server ? CLIENT_HELLO : HELLO_REQUEST)) {
				return AXTLS_ERROR_UNEXPECTED_MESSAGE;
			}
			engine->late_skip = (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
			if (!engine->server && engine->late_skip != 0) {
				return AXTLS_ERROR_DECODE;
			}
		}
		if (engine->late_skip == 0) {
			axtls_error error = refuse(engine);
			if (error != AXTLS_ERROR_NONE) {
				return error;
			}
		}
	}
	return AXTLS_ERROR_NONE;
}

void axtls_engine_close(axtls_engine *engine)
{
	if (engine->closed || engine->closing) {
		return;
	}
	if (engine->connected) {
		axtls_engine_flush(engine);
		tls_alert_send(engine, WARNING, AXTLS_ALERT_CLOSE_NOTIFY);
		/* From here on the peer is only listened to for its own close_notify; which it would never send without ours */
		engine->closing = true;
		if (engine->alert_sent != AXTLS_ALERT_CLOSE_NOTIFY) {
			tls_fail(engine, AXTLS_ERROR_MEMORY);
		}
		return;
	}
	tls_end_handshake(engine);
	out_drop_record(engine);
	tls_alert_send(engine, WARNING, AXTLS_ALERT_USER_CANCELED);
	tls_alert_send(engine, WARNING, AXTLS_ALERT_CLOSE_NOTIFY);
	engine->error = AXTLS_ERROR_ABORTED;
	engine->closed = true;
}

void axtls_engine_abort(axtls_engine *engine, axtls_alert alert)
{
	tls_fail_with(engine, AXTLS_ERROR_ABORTED, alert);
}

void tls_fail_with(axtls_engine *engine, axtls_error error, axtls_alert alert)
{
	if (engine->closed) {
		return;
	}
	engine->error = (uint8_t)error;
	if (engine->role->failed != NULL) {
		engine->role->failed(engine);
	}
	/* Memory first: the alert needs some. But plaintext that waits may be in the hands of a callback that wrote or closed */
	tls_end_handshake(engine);
	if (engine->in_start == engine->in_end) {
		tls_release_input(engine);
	}
	out_drop_record(engine);
	if (alert != AXTLS_ALERT_NONE && !engine->closing) {
		tls_alert_send(engine, FATAL, alert);
	}
	engine->closed = true;
	axtls_wipe(engine->session.master, sizeof(engine->session.master));
	engine->session.extended_master_secret = false;
}

void tls_fail(axtls_engine *engine, axtls_error error)
{
	axtls_alert alert = axtls_error_alert(error);
	if (error == AXTLS_ERROR_CERTIFICATE) {
		const axtls_settings *settings = engine->settings;
		alert = settings->certificate_alert == NULL
					? axtls_certificate_alert(engine->certificate_error)
					: settings->certificate_alert(engine->param, engine->certificate_error);
	}
	tls_fail_with(engine, error, alert);
}
