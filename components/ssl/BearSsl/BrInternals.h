/**
 * What the adapter needs of BearSSL's engine that its public functions do not give. Everything that knows the
 * inside of br_ssl_engine_context stands in BrInternals.cpp and nowhere else; it was written for BearSSL 0.6 and
 * refuses to compile with a context of another size.
 */
#pragma once

#include <bearssl_ssl.h>
#include <cstddef>
#include <cstdint>

namespace Ssl
{
namespace BrInternals
{
/* Bytes beside the plaintext, from BearSSL's record layer: header, explicit IV, MAC, padding */
constexpr size_t outputOverhead = 85;
constexpr size_t inputOverhead = 325;
/** The engine takes no buffers for less plaintext than this. */
constexpr size_t minFragment = 512;
constexpr size_t maxFragment = 16384;
constexpr size_t recordHeader = 5;

/** Bytes that seed() takes: key and value of HMAC_DRBG with SHA-256. */
constexpr size_t seedSize = 64;

/**
 * Give the engine's generator its state. Instantiation (NIST SP 800-90A §10.1.2.3) makes it of entropy by hashing, so
 * that nobody can tell it from random bytes; here it is random bytes, twice as many as the generator's strength needs,
 * which saves every connection 30 rounds of SHA-256. No other entropy is taken, so that a handshake can be repeated byte
 * by byte.
 */
void seed(br_ssl_engine_context& engine, const uint8_t (&seed)[seedSize]);

/**
 * Set the longest plaintext of a record that we send, and the wish for the peer's.
 * @param code of the maximum fragment length extension (RFC 6066 §4): 1 to 4, 0: do not ask
 */
void setFragment(br_ssl_engine_context& engine, size_t maxLength, unsigned code);

/** True from the end of the handshake until either side closes. */
bool isApplicationData(const br_ssl_engine_context& engine);

/** True if incoming records are encrypted: only then they must fit the buffer as a whole. */
bool isInputEncrypted(const br_ssl_engine_context& engine);

/**
 * True if a record of this length may be given to the engine. Under CBC it must be whole blocks (RFC 5246 §6.2.3.2);
 * BearSSL 0.6 does not look, and decrypts beyond the end of any other.
 */
bool isDecryptable(const br_ssl_engine_context& engine, size_t recordLength);

/** True if no byte of an incoming record is held: the input buffer may be exchanged. */
bool isInputEmpty(const br_ssl_engine_context& engine);
void exchangeInput(br_ssl_engine_context& engine, uint8_t* buffer, size_t size);

/** True if no byte to be sent is held, and the engine is ready for some: the output buffer may be exchanged. */
bool isOutputEmpty(const br_ssl_engine_context& engine);
void exchangeOutput(br_ssl_engine_context& engine, uint8_t* buffer, size_t size);

/** What is left to be sent of a finished record; also of an engine that has failed. */
size_t getPendingOutput(const br_ssl_engine_context& engine, const uint8_t*& data);

/**
 * Give a server records of a version before it has read a ClientHello: who says close_notify in its place is answered.
 * BearSSL 0.6 would do so in a record of version 0.
 */
void setFirstVersion(br_ssl_engine_context& engine);

/**
 * Before an alert about the version: give it the peer's, if that is older. A peer that knows nothing newer takes no
 * record of a newer version, and would not learn why it is refused.
 */
void usePeerVersion(br_ssl_engine_context& engine, bool isServer);

/**
 * Make a record under the current write keys; also with an engine that has failed.
 * @param payload at most 2 bytes
 * @param buffer,size at least 96 bytes
 * @param record receives its start within `buffer`
 * @return its length
 */
size_t makeRecord(br_ssl_engine_context& engine, uint8_t type, const uint8_t* payload, size_t length, uint8_t* buffer,
				  size_t size, uint8_t*& record);

/**
 * True if the last record that the engine made is an alert after which it makes no other: a fatal one, or
 * close_notify. (After no_renegotiation it is back at application data at once.)
 */
bool isAlertSent(const br_ssl_engine_context& engine);

/** The fatal alert that the engine put into its output of its own accord, unencrypted; -1: none. */
int getOwnAlert(const br_ssl_engine_context& engine);

/** Overwrite what only the handshake needed: premaster secret, the last message, the ephemeral public key. */
void wipeHandshake(br_ssl_engine_context& engine);

/**
 * In a session cache's load(): true if the ClientHello that is being read may resume a session. BearSSL 0.6 does not
 * look at the outcome of ALPN then: when none of the client's protocols is known it reads far beyond the list of names.
 * So what follows the session id is looked through first; if it is not all there yet, the answer is no.
 */
bool isResumable(const br_ssl_engine_context& engine);

/** True if the engine was given this suite. */
bool hasSuite(const br_ssl_engine_context& engine, uint16_t suite);

/**
 * After br_ssl_server_set_single_ec(): let a client whose groups lack the curve of the server's key find no suite
 * (RFC 8422 §5.1: the groups are those of certificates, too; BearSSL looks at them for the key exchange alone). A
 * client that sends no groups counts as having P-256.
 */
void checkKeyCurve(br_ssl_server_context& server);

/** True once the peer's close_notify was read. */
bool isPeerClosed(const br_ssl_engine_context& engine);

} // namespace BrInternals

} // namespace Ssl
