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

/** Only entropy that is injected counts, so that a handshake can be repeated byte by byte. */
void useInjectedEntropyOnly(br_ssl_engine_context& engine);

/**
 * Set the longest plaintext of a record that we send, and the wish for the peer's.
 * @param code of the maximum fragment length extension (RFC 6066 §4): 1 to 4, 0: do not ask
 */
void setFragment(br_ssl_engine_context& engine, size_t maxLength, unsigned code);

/** True from the end of the handshake until either side closes. */
bool isApplicationData(const br_ssl_engine_context& engine);

/** True if incoming records are encrypted: only then they must fit the buffer as a whole. */
bool isInputEncrypted(const br_ssl_engine_context& engine);

/** True if no byte of an incoming record is held: the input buffer may be exchanged. */
bool isInputEmpty(const br_ssl_engine_context& engine);
void exchangeInput(br_ssl_engine_context& engine, uint8_t* buffer, size_t size);

/** True if no byte to be sent is held, and the engine is ready for some: the output buffer may be exchanged. */
bool isOutputEmpty(const br_ssl_engine_context& engine);
void exchangeOutput(br_ssl_engine_context& engine, uint8_t* buffer, size_t size);

/** What is left to be sent of a finished record; also of an engine that has failed. */
size_t getPendingOutput(const br_ssl_engine_context& engine, const uint8_t*& data);

/**
 * Make a record under the current write keys; also with an engine that has failed.
 * @param payload at most 2 bytes
 * @param buffer,size at least 96 bytes
 * @param record receives its start within `buffer`
 * @return its length
 */
size_t makeRecord(br_ssl_engine_context& engine, uint8_t type, const uint8_t* payload, size_t length, uint8_t* buffer,
				  size_t size, uint8_t*& record);

/** True once the peer's close_notify was read. */
bool isPeerClosed(const br_ssl_engine_context& engine);

} // namespace BrInternals

} // namespace Ssl
