/** ServerHelloDone (RFC 5246 §7.4.5) and HelloRequest (§7.4.1.1): messages without contents. */
#include "messages.h"
#include "reader.h"
#include "write.h"

static axtls_error step(axtls_engine *engine, cursor *bytes)
{
	(void)bytes;
	return reader_finish(engine);
}

axtls_error read_server_hello_done(axtls_engine *engine, uint32_t length)
{
	return length == 0 ? reader_want(engine, 0, step) : AXTLS_ERROR_DECODE;
}

static void put_body(axtls_engine *engine)
{
	(void)engine;
}

axtls_error write_server_hello_done(axtls_engine *engine, bool *more)
{
	(void)more;
	return write_message(engine, SERVER_HELLO_DONE, put_body);
}

axtls_error read_hello_request(axtls_engine *engine, uint32_t length)
{
	/* Ignored while a handshake is under way, but not without end */
	if (length != 0) {
		return AXTLS_ERROR_DECODE;
	}
	axtls_error error = tls_nuisance(engine);
	return error != AXTLS_ERROR_NONE ? error : reader_want(engine, 0, step);
}
