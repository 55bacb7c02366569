/**
 * ssl.h: the C API of axTLS 2.1, by names and behaviour, over axtls/engine.h.
 *
 * What differs from the original: TLS 1.2 only; renegotiation is refused; keys may be elliptic-curve keys, too; a client
 * without SSL_SERVER_VERIFY_LATER checks chain, dates and, if SSL_EXTENSIONS names it, the host name. What the original
 * takes from the operating system comes through an SSL_PLATFORM.
 *
 * An SSL_CTX holds certificates, keys and sessions for any number of SSL objects, all used from one thread.
 */
#ifndef AXTLS_SSL_H
#define AXTLS_SSL_H

#include "axtls/memory.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SSL_SESSION_ID_SIZE 32

/* Options of ssl_ctx_new() */
#define SSL_CLIENT_AUTHENTICATION 0x00010000 /**< server: ask for a client certificate and insist on it */
#define SSL_SERVER_VERIFY_LATER 0x00020000	 /**< client: connect first, ssl_verify_cert() or fingerprints judge later */
#define SSL_NO_DEFAULT_KEY 0x00040000		 /**< accepted; there is no default key */
#define SSL_DISPLAY_STATES 0x00080000		 /**< accepted; nothing is displayed */
#define SSL_DISPLAY_BYTES 0x00100000		 /**< accepted; nothing is displayed */
#define SSL_DISPLAY_CERTS 0x00200000		 /**< accepted; nothing is displayed */
#define SSL_DISPLAY_RSA 0x00400000			 /**< accepted; nothing is displayed */
#define SSL_CONNECT_IN_PARTS 0x00800000		 /**< client: ssl_client_new() does not wait for the handshake */

/* Results */
#define SSL_OK 0
#define SSL_NOT_OK (-1)
#define SSL_ERROR_DEAD (-2)
#define SSL_CLOSE_NOTIFY (-3)
#define SSL_EAGAIN (-4)
#define SSL_ERROR_CONN_LOST (-256)
#define SSL_ERROR_RECORD_OVERFLOW (-257)
#define SSL_ERROR_SOCK_SETUP_FAILURE (-258)
#define SSL_ERROR_INVALID_HANDSHAKE (-260)
#define SSL_ERROR_INVALID_PROT_MSG (-261)
#define SSL_ERROR_INVALID_HMAC (-262)
#define SSL_ERROR_INVALID_VERSION (-263)
#define SSL_ERROR_UNSUPPORTED_EXTENSION (-264)
#define SSL_ERROR_INVALID_SESSION (-265)
#define SSL_ERROR_NO_CIPHER (-266)
#define SSL_ERROR_INVALID_CERT_HASH_ALG (-267)
#define SSL_ERROR_BAD_CERTIFICATE (-268)
#define SSL_ERROR_INVALID_KEY (-269)
#define SSL_ERROR_FINISHED_INVALID (-271)
#define SSL_ERROR_NO_CERT_DEFINED (-272)
#define SSL_ERROR_NO_CLIENT_RENOG (-273)
#define SSL_ERROR_NOT_SUPPORTED (-274)
#define SSL_X509_OFFSET (-512)
#define SSL_X509_ERROR(A) (SSL_X509_OFFSET + (A))

#define X509_OK 0
#define X509_NOT_OK (-1)
#define X509_VFY_ERROR_NO_TRUSTED_CERT (-2)
#define X509_VFY_ERROR_BAD_SIGNATURE (-3)
#define X509_VFY_ERROR_NOT_YET_VALID (-4)
#define X509_VFY_ERROR_EXPIRED (-5)
#define X509_VFY_ERROR_SELF_SIGNED (-6)
#define X509_VFY_ERROR_INVALID_CHAIN (-7)
#define X509_VFY_ERROR_UNSUPPORTED_DIGEST (-8)
#define X509_INVALID_PRIV_KEY (-9)

/* Cipher suites as ssl_get_cipher_id() tells them: the lower half of the IANA number */
#define SSL_AES128_SHA 0x2F
#define SSL_AES256_SHA 0x35
#define SSL_AES128_SHA256 0x3C
#define SSL_AES256_SHA256 0x3D

/* ssl_get_config() */
#define SSL_BUILD_SKELETON_MODE 0x01
#define SSL_BUILD_SERVER_ONLY 0x02
#define SSL_BUILD_ENABLE_VERIFICATION 0x03
#define SSL_BUILD_ENABLE_CLIENT 0x04
#define SSL_BUILD_FULL_MODE 0x05
#define SSL_BUILD_MODE 0
#define SSL_MAX_CERT_CFG_OFFSET 1
#define SSL_MAX_CA_CERT_CFG_OFFSET 2
#define SSL_HAS_PEM 3

#define SSL_DEFAULT_SVR_SESS 5
#define SSL_DEFAULT_CLNT_SESS 1

/* Parts of names for ssl_get_cert_dn() */
#define SSL_X509_CERT_COMMON_NAME 0
#define SSL_X509_CERT_ORGANIZATION 1
#define SSL_X509_CERT_ORGANIZATIONAL_NAME 2
#define SSL_X509_CERT_LOCATION 3
#define SSL_X509_CERT_COUNTRY 4
#define SSL_X509_CERT_STATE 5
#define SSL_X509_CA_CERT_COMMON_NAME 6
#define SSL_X509_CA_CERT_ORGANIZATION 7
#define SSL_X509_CA_CERT_ORGANIZATIONAL_NAME 8
#define SSL_X509_CA_CERT_LOCATION 9
#define SSL_X509_CA_CERT_COUNTRY 10
#define SSL_X509_CA_CERT_STATE 11

/* Kinds of objects */
#define SSL_OBJ_X509_CERT 1	  /**< own certificate, then those above it; DER or PEM */
#define SSL_OBJ_X509_CACERT 2 /**< trusted authority, or one server that is trusted directly; DER or PEM */
#define SSL_OBJ_RSA_KEY 3	  /**< private key, PKCS#1 or SEC1; DER or PEM */
#define SSL_OBJ_PKCS8 4		  /**< private key, PKCS#8 without a password; DER or PEM */
#define SSL_OBJ_PKCS12 5	  /**< not supported */

typedef struct SSL_CTX_ SSL_CTX;
typedef struct SSL_ SSL;

/** Client: what the ClientHello says beside the usual. Zero-terminated host name, owned by the caller until ssl_ext_free(). */
typedef struct {
	char *host_name;			/**< for SNI and for checking the certificate; released by ssl_ext_free() */
	uint16_t max_fragment_size; /**< 512, 1024, 2048 or 4096; 0: not asked for */
} SSL_EXTENSIONS;

/** What the engine needs from around it. None of these functions may call the API: it is in the middle of its work. */
typedef struct {
	/** @return bytes read, 0 at the end of the stream, SSL_EAGAIN when there are none yet, another negative value: lost */
	int (*read)(void *param, int fd, uint8_t *data, int length);
	/** @return bytes written, SSL_EAGAIN when none can be taken now, another negative value: lost */
	int (*write)(void *param, int fd, const uint8_t *data, int length);
	/** Cryptographically secure random bytes. @return false when there are none: ssl_ctx_new() fails */
	bool (*random)(void *param, uint8_t *data, size_t length);
	/** Seconds since 1970. @return false while no clock is set: certificates cannot be verified then */
	bool (*time)(void *param, int64_t *seconds);
	const axtls_memory *memory;
	void *param;
} SSL_PLATFORM;

/** Sockets, clock, random source and heap of a POSIX system; on chips there is none. */
extern const SSL_PLATFORM ssl_platform_posix;

/** The platform that ssl_ctx_new() uses; it must outlive all contexts. On POSIX systems it need not be called. */
void ssl_set_platform(const SSL_PLATFORM *platform);

/** @param num_sessions sessions kept for resumption, as a client and as a server each. @return NULL without memory or randomness */
SSL_CTX *ssl_ctx_new(uint32_t options, int num_sessions);
/** Also frees the SSL objects that are left. */
void ssl_ctx_free(SSL_CTX *ssl_ctx);

SSL_EXTENSIONS *ssl_ext_new(void);
void ssl_ext_free(SSL_EXTENSIONS *ssl_ext);
/** Copy of a host name into the extensions. @return SSL_OK or SSL_NOT_OK without memory */
int ssl_ext_set_host_name(SSL_EXTENSIONS *ssl_ext, const char *host_name);
/** @return SSL_OK or SSL_NOT_OK for a size that the protocol does not have */
int ssl_ext_set_max_fragment_size(SSL_EXTENSIONS *ssl_ext, unsigned fragment_size);

/** The handshake takes place in ssl_read(). @return NULL without memory */
SSL *ssl_server_new(SSL_CTX *ssl_ctx, int client_fd);
/**
 * Connect. Unless SSL_CONNECT_IN_PARTS is set, waits until the handshake is done or has failed: see ssl_handshake_status().
 * @param session_id of an earlier connection of the same context, to be resumed; may be NULL
 * @return NULL without memory
 */
SSL *ssl_client_new(SSL_CTX *ssl_ctx, int client_fd, const uint8_t *session_id, uint8_t sess_id_size,
					SSL_EXTENSIONS *ssl_ext);
/** Says close_notify and frees. */
void ssl_free(SSL *ssl);

/**
 * Read, and go on with the handshake.
 * @param in_data plaintext, valid until the next call with this object; may be NULL while the handshake is under way
 * @return bytes of plaintext; SSL_OK: none yet; SSL_CLOSE_NOTIFY: the peer is done; below: failed
 */
int ssl_read(SSL *ssl, uint8_t **in_data);
/** @return bytes taken, SSL_EAGAIN: none now; below: failed */
int ssl_write(SSL *ssl, const uint8_t *out_data, int out_len);
/** Bytes on the wire for a write of this length. @return SSL_NOT_OK before the handshake is done */
int ssl_calculate_write_length(SSL *ssl, unsigned out_len);
SSL *ssl_find(SSL_CTX *ssl_ctx, int client_fd);

const uint8_t *ssl_get_session_id(const SSL *ssl);
uint8_t ssl_get_session_id_size(const SSL *ssl);
uint8_t ssl_get_cipher_id(const SSL *ssl);
/** @return SSL_OK: done; SSL_NOT_OK: under way; another: why it failed */
int ssl_handshake_status(const SSL *ssl);
int ssl_get_config(int offset);
/** Print what an error means, to standard output. On chips without one nothing happens. */
void ssl_display_error(int error_code);
/** What an error means. */
const char *ssl_error_text(int error_code);

/** @return SSL_OK: the handshake is done, and the peer's chain is trusted, in date, and for the host name; else SSL_X509_ERROR(…) */
int ssl_verify_cert(const SSL *ssl);
/** Part of the peer's name or its issuer's, NULL if there is none. */
const char *ssl_get_cert_dn(const SSL *ssl, int component);
/** DNS name of the peer, counted from 0, up to the third; NULL if there is none. */
const char *ssl_get_cert_subject_alt_dnsname(const SSL *ssl, int dnsindex);
/** SHA-1 of the peer's certificate, 20 bytes. @return SSL_OK; or SSL_NOT_OK, also until the handshake is done */
int ssl_match_fingerprint(const SSL *ssl, const uint8_t *fp);
/** SHA-256 of the peer's SubjectPublicKeyInfo, 32 bytes. @return as above */
int ssl_match_spki_sha256(const SSL *ssl, const uint8_t *hash);
/** @return SSL_ERROR_NO_CLIENT_RENOG: renegotiation is not supported, on purpose */
int ssl_renegotiate(SSL *ssl);

/** @param password must be NULL: encrypted keys are opened by whoever loads them. @return SSL_OK or an error */
int ssl_obj_load(SSL_CTX *ssl_ctx, int obj_type, const char *filename, const char *password);
/** Data is copied. Not while a connection of the context is in its handshake. @return SSL_OK or an error */
int ssl_obj_memory_load(SSL_CTX *ssl_ctx, int obj_type, const uint8_t *data, int len, const char *password);

const char *ssl_version(void);

#ifdef __cplusplus
}
#endif

#endif
