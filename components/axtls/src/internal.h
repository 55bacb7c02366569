/** internal.h: the engine's own structures. What a part offers to the others stands in its own header. */
#ifndef AXTLS_INTERNAL_H
#define AXTLS_INTERNAL_H

#include "cursor.h"
#include "protection.h"
#include "suites.h"
#include "transcript.h"
#include <axtls/engine.h>

#define TLS12 0x0303u
#define RANDOM_SIZE 32
#define FINISHED_SIZE 12
#define RECORD_HEADER 5
#define MAX_PLAINTEXT 16384u
/** RFC 5246 §6.2.3: TLSCiphertext.length MUST NOT exceed 2^14 + 2048. */
#define MAX_CIPHERTEXT (MAX_PLAINTEXT + 2048u)
/** A premaster secret: RSA's 48 bytes, or the x coordinate on P-521. */
#define MAX_PREMASTER 66
/** An uncompressed point on P-521. */
#define MAX_POINT 133
#define MAX_ALPN 255
/** RFC 1035 §2.3.4: a host name has at most 255 octets. */
#define MAX_HOST_NAME 255
/** Signatures: RSA-4096; BR_MAX_RSA_SIZE allows no more. */
#define MAX_SIGNATURE 512

/** ContentType, RFC 5246 §6.2.1. */
enum { RECORD_CCS = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23 };

/**
 * HandshakeType, RFC 5246 §7.4. ChangeCipherSpec is no handshake message but takes part in the state machine like one; its
 * number is one that no handshake message can have.
 */
enum {
	HELLO_REQUEST = 0,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	NEW_SESSION_TICKET = 4,
	CERTIFICATE = 11,
	SERVER_KEY_EXCHANGE = 12,
	CERTIFICATE_REQUEST = 13,
	SERVER_HELLO_DONE = 14,
	CERTIFICATE_VERIFY = 15,
	CLIENT_KEY_EXCHANGE = 16,
	FINISHED = 20,
	CHANGE_CIPHER_SPEC = 256,
};

/** Extensions that are understood, one bit each; numbers on the wire stand in extensions.c. */
enum {
	EXT_SERVER_NAME = 1 << 0,
	EXT_MAX_FRAGMENT = 1 << 1,
	EXT_GROUPS = 1 << 2,
	EXT_POINT_FORMATS = 1 << 3,
	EXT_SIGNATURES = 1 << 4,
	EXT_ALPN = 1 << 5,
	EXT_ENCRYPT_THEN_MAC = 1 << 6,
	EXT_EXTENDED_MASTER = 1 << 7,
	EXT_RECORD_LIMIT = 1 << 8,
	EXT_TICKET = 1 << 9,
	EXT_RENEGOTIATION = 1 << 10,
	EXT_VERSIONS = 1 << 11,
};

typedef axtls_error (*step_function)(axtls_engine *engine, cursor *bytes);

/** Nested ranges in a message: message, block of extensions, extension, list. */
#define READER_DEPTH 4

/** Takes a message apart as it arrives; see reader.h. */
typedef struct {
	step_function step; /**< NULL between messages */
	uint32_t need;		/**< bytes that the step wants */
	uint32_t have;		/**< of them, gathered so far */
	uint32_t at;		/**< offset in the message's body */
	uint32_t ends[READER_DEPTH];
	uint8_t *gathered; /**< on the heap, when `small` is too small */
	uint8_t depth;
	uint8_t type;
	bool streaming;		 /**< the step takes what is there, up to `need` */
	bool header_pending; /**< header is not in the transcript yet */
	uint8_t header[4];
	uint8_t small[40];
} reader;

/** Everything that only a handshake needs: one allocation, freed when the last Finished is through. */
typedef struct axtls_handshake_ {
	uint8_t state;
	reader read;
	transcript hashes;
	uint8_t client_random[RANDOM_SIZE];
	uint8_t server_random[RANDOM_SIZE];
	uint8_t premaster[MAX_PREMASTER];
	uint8_t premaster_length;
	uint8_t ephemeral[MAX_PREMASTER]; /**< private key of the key exchange */
	uint8_t ephemeral_length;
	uint8_t point[MAX_POINT]; /**< server's public point */
	uint8_t point_length;

	/* What was said in the hellos */
	uint16_t extensions_sent;
	uint16_t extensions_seen;
	uint32_t suites_seen;	/**< rows of the suite table, one bit each */
	uint16_t schemes_seen;	/**< rows of the signature table, one bit each */
	uint8_t groups_seen;	/**< rows of the group table, one bit each */
	uint8_t key_types_seen; /**< of CertificateRequest: bits 1 << BR_KEYTYPE_RSA/EC */
	uint16_t version_seen;
	uint8_t group;	/**< row that was chosen */
	uint8_t scheme; /**< row that was chosen */
	uint8_t protocol_choice; /**< index in settings.protocols, smallest wanted so far; settings.protocol_count: none */
	uint8_t max_fragment;	/**< code of RFC 6066 §4 */
	bool fallback_scsv;
	bool version_offered;	/**< supported_versions has ours */
	bool renegotiation_scsv;
	bool ticket_promised;	/**< server will send, or told that it will send, NewSessionTicket */
	bool ticket_resumed;	/**< the ticket opened, `session` came out of it */
	bool ticket_renew;		/**< it was sealed with the previous key */
	bool client_asked;		/**< CertificateRequest was sent or received */
	bool certificate_seen;	/**< the peer sent at least one certificate */
	bool collecting_schemes; /**< the list at hand is of signature schemes, not of groups */
	uint16_t record_limit;	/**< of RFC 8449, 0: none */
	uint8_t session_offer[AXTLS_SESSION_ID_SIZE];
	uint8_t session_offer_length;
	uint8_t server_id_length;
	uint64_t name_hash; /**< of the name the client asked for */

	/* Own and the peer's certificate */
	const axtls_identity *identities;
	size_t identity_count;
	const axtls_identity *identity;
	const br_x509_class **validator;
	const br_x509_pkey *peer_key;

	/* Writing */
	axtls_error write_error; /**< the first one, for good */
	bool measuring;			 /**< only lengths are wanted */
	uint32_t measured;
	uint8_t verify_data[FINISHED_SIZE];
	uint8_t *signature;
	uint16_t signature_length;
	uint16_t signature_size;
	uint16_t chain_index; /**< certificate that is being written */
	uint32_t chain_at;	  /**< offset in it */
	bool chain_started;
	const char *server_name;
	const uint8_t *ticket; /**< client: to be offered */
	size_t ticket_length;
	uint32_t ticket_born; /**< server: time of the full handshake, from the ticket that opened */

	/* Keys that wait for ChangeCipherSpec */
	protection *next_in;
	protection *next_out;
} axtls_handshake;

struct axtls_engine_ {
	const struct tls_role_ *role; /**< see states.h */
	const axtls_settings *settings;
	void *param;
	axtls_handshake *hs; /**< NULL once it is done or has failed */
	protection *in_keys; /**< NULL: plaintext */
	protection *out_keys;

	/* Input: one record at a time */
	uint8_t *in_data;  /**< the protected record, later its plaintext: in in_own or in memory of the owner's */
	uint8_t *in_own;   /**< buffer for records; NULL: none */
	uint16_t in_size;
	uint16_t in_have;  /**< ciphertext that arrived */
	uint16_t in_start; /**< plaintext that waits for the application */
	uint16_t in_end;
	uint16_t record_left; /**< bytes of the current record still to come */
	uint8_t header[RECORD_HEADER];
	uint8_t header_have;
	bool in_next; /**< more has come than the record whose plaintext waits */

	/* Output: finished records, then at most one that is still open */
	uint8_t *out_data;
	uint32_t out_size;
	uint32_t out_sent;	 /**< consumed by the owner */
	uint32_t out_closed; /**< end of the last finished record */
	uint32_t out_used;	 /**< end of everything */
	uint8_t out_type;	 /**< ContentType of the open record, 0: none */

	uint16_t output_fragment;
	uint16_t input_limit; /**< largest plaintext that the peer may send */

	axtls_session session;
	uint8_t *ticket;
	uint16_t ticket_length;
	const char *protocol;

	uint8_t late_have; /**< handshake messages after the handshake */
	uint32_t late_skip;
	uint8_t late_header[4];
	uint8_t alert_have;
	uint8_t alert_level;
	uint8_t nuisances; /**< warnings and empty records in a row */
	uint8_t renegotiations;

	uint8_t error;
	int16_t alert_sent;
	int16_t alert_received;
	uint16_t certificate_error;
	bool server : 1;
	bool connected : 1;
	bool resumed : 1;
	bool version_known : 1;
	bool peer_closed : 1;
	bool closing : 1; /**< our close_notify is in the output */
	bool closed : 1;
	bool encrypt_then_mac : 1;
	bool peer_authenticated : 1;
	bool out_gathers : 1; /**< finished records wait for those to come, see axtls_settings.output_batch */
};

/* memory.c */
void *tls_allocate(axtls_engine *engine, size_t size, axtls_memory_tag tag);
/** Wipe and release; NULL is allowed. */
void tls_release(axtls_engine *engine, void *block, size_t size, axtls_memory_tag tag);
/** Equal or not, in a time that depends on the length only. */
bool tls_equal(const uint8_t *a, const uint8_t *b, size_t length);
static inline void put16(uint8_t *data, uint32_t value)
{
	data[0] = (uint8_t)(value >> 8);
	data[1] = (uint8_t)value;
}

/* engine.c */
void tls_random(axtls_engine *engine, void *data, size_t length);
uint32_t tls_time(const axtls_engine *engine);
/** End with an error and its alert; only the first one counts. */
void tls_fail(axtls_engine *engine, axtls_error error);
void tls_fail_with(axtls_engine *engine, axtls_error error, axtls_alert alert);
/** Wipe and release the handshake state. */
void tls_end_handshake(axtls_engine *engine);
void tls_release_validator(axtls_engine *engine);

/* record_in.c */
void tls_release_input(axtls_engine *engine);

/* alert.c */
axtls_error tls_alert_received(axtls_engine *engine, const uint8_t *data, size_t length);
/** Queue an alert as a record of its own. Without memory for it there is none. */
void tls_alert_send(axtls_engine *engine, uint8_t level, axtls_alert alert);
/** Handshake messages when no handshake is under way: requests to renegotiate. */
axtls_error tls_late_handshake(axtls_engine *engine, const uint8_t *data, size_t length);
/** Count something useless; too many in a row are an error. */
axtls_error tls_nuisance(axtls_engine *engine);

#endif
