/** extensions.h: the hellos' extensions, both ways. */
#ifndef AXTLS_EXTENSIONS_H
#define AXTLS_EXTENSIONS_H

#include "internal.h"

/** Numbers on the wire (IANA ExtensionType). */
enum {
	WIRE_SERVER_NAME = 0,
	WIRE_MAX_FRAGMENT = 1,
	WIRE_GROUPS = 10,
	WIRE_POINT_FORMATS = 11,
	WIRE_SIGNATURES = 13,
	WIRE_ALPN = 16,
	WIRE_ENCRYPT_THEN_MAC = 22,
	WIRE_EXTENDED_MASTER = 23,
	WIRE_RECORD_LIMIT = 28,
	WIRE_TICKET = 35,
	WIRE_VERSIONS = 43,
	WIRE_RENEGOTIATION = 0xFF01,
};

/** An extension that is understood, and how its first step is started. */
typedef struct {
	uint16_t wire;
	uint16_t bit;
	axtls_error (*begin)(axtls_engine *engine);
} extension_row;

/** Those of a ServerHello, which a client reads, and of a ClientHello, which a server reads. */
extern const extension_row client_extensions[], server_extensions[];
#define CLIENT_EXTENSION_COUNT 11
#define SERVER_EXTENSION_COUNT 12

/** Read the block of extensions, length in front, to the end of the message. Nothing at all is allowed, too. */
axtls_error read_extensions(axtls_engine *engine);

/** Note an extension that goes out and write it. */
void put_extension(axtls_engine *engine, uint16_t wire, uint16_t bit, void (*contents)(axtls_engine *engine));
/** The list of schemes that we verify, with its length (RFC 5246 §7.4.1.4.1). */
void put_schemes(axtls_engine *engine);
/** Contents of extensions that both sides write alike. */
void put_nothing(axtls_engine *engine);
void put_point_formats(axtls_engine *engine);
void put_no_renegotiation_info(axtls_engine *engine);
void put_max_fragment(axtls_engine *engine);
void put_record_limit(axtls_engine *engine);

/** Code of RFC 6066 §4 for a fragment length, 0 if there is none. */
uint8_t max_fragment_code(uint16_t fragment);
/** What was agreed on takes effect. */
void apply_limits(axtls_engine *engine, uint8_t max_fragment);
/** Hash of a server name, to bind a session to it. Never 0. */
uint64_t hash_name(const char *name, size_t length);

#endif
