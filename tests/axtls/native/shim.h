/* The engine as Python drives it: settings made from DER, an allocator that counts and fails, a seeded generator. */
typedef struct shim_settings shim_settings;
typedef struct shim_connection shim_connection;

shim_settings *shim_settings_new(void);
void shim_settings_free(shim_settings *s);
/* DER chain, end entity first, and PKCS#8/PKCS#1/SEC1 DER key. 0: refused */
int shim_add_identity(shim_settings *s, const uint8_t *const *certificates, const size_t *lengths, size_t count,
					  const uint8_t *key, size_t key_length);
int shim_add_anchor(shim_settings *s, const uint8_t *certificate, size_t length);
void shim_set_suites(shim_settings *s, const uint16_t *suites, size_t count);
int shim_add_protocol(shim_settings *s, const char *name);
int shim_add_authority(shim_settings *s, const uint8_t *name, size_t length);
void shim_set_fragments(shim_settings *s, uint16_t input, uint16_t output);
void shim_set_batch(shim_settings *s, uint32_t size);
void shim_set_client_auth(shim_settings *s, int mode);
void shim_set_legacy(shim_settings *s, int allow);
void shim_set_use_tickets(shim_settings *s, int use);
void shim_set_cache(shim_settings *s, uint16_t count, uint32_t lifetime);
/* A session, as bytes, that the cache has from somewhere */
void shim_put_session(shim_settings *s, const uint8_t *data, size_t length);
void shim_set_tickets(shim_settings *s, uint32_t lifetime);
void shim_set_time(shim_settings *s, uint32_t seconds);
/* Server: the only name it answers to */
void shim_set_served_name(shim_settings *s, const char *name);
/* Wall clock for certificates */
void shim_set_clock(shim_settings *s, int64_t seconds);
/* The same seed gives the same random numbers */
void shim_seed(shim_settings *s, const uint8_t *seed, size_t length);
/* Leave primitives out by name: "ec", "aes_ctr", "chacha20", "cbc", "rsa_private", "rsa_public", "sha384", "sha512", "x25519" */
int shim_remove(shim_settings *s, const char *primitive);

/* The n-th allocation from now fails; 0: none */
void shim_fail_allocation(uint32_t n);
/* No more bytes than these at once; 0: any number */
void shim_limit_heap(size_t total);
uint32_t shim_allocations(void);
/* Bytes held, per tag of axtls_memory_tag or in all for -1 */
size_t shim_held(int tag);
size_t shim_peak(void);
void shim_reset_peak(void);
/* Blocks of records, handshakes and sessions given back with anything but zeros in them */
uint32_t shim_unwiped(void);

shim_connection *shim_client(shim_settings *s, const char *name, const uint8_t *session, size_t session_length,
							 const uint8_t *ticket, size_t ticket_length);
shim_connection *shim_server(shim_settings *s);
void shim_free(shim_connection *c);
size_t shim_feed(shim_connection *c, const uint8_t *data, size_t length);
size_t shim_output(shim_connection *c, uint8_t *data, size_t length);
size_t shim_input(shim_connection *c, uint8_t *data, size_t length);
size_t shim_write(shim_connection *c, const uint8_t *data, size_t length);
void shim_flush(shim_connection *c);
void shim_close(shim_connection *c);
void shim_abort(shim_connection *c, int alert);

typedef struct {
	int connected, peer_closed, closed, resumed, extended_master_secret, peer_authenticated;
	int error, alert_sent, alert_received;
	unsigned certificate_error;
	uint16_t suite, output_fragment;
	const char *protocol;
	const char *served_name;
} shim_state;
void shim_get_state(shim_connection *c, shim_state *state);
const char *shim_error_name(int error);
const char *shim_alert_name(int alert);
/* The session as bytes; 0: none */
size_t shim_get_session(shim_connection *c, uint8_t *data, size_t length);
size_t shim_get_ticket(shim_connection *c, uint8_t *data, size_t length);
size_t shim_take_ticket(shim_connection *c, uint8_t *data, size_t length);
