/**
 * The settings of a client and a server of ours, chosen by the first bytes of an input:
 *
 *   0  suite (low 5 bits: its number in axtls_suites_full) | resume after a quiet first connection | raw (see Input)
 *   1  length of the pieces that the stream is cut into for feed(), 0: whole records
 *   2  flags, see Scene::Flag
 *   3  more of them (shifted by 8)
 *   4  fragments: server's input, client's input, output (2 bits each); number of suites offered (2 bits)
 *   5  n-th allocation that fails once the connection under test begins, 0: none
 *   6… changes (Script.h), or the peer's bytes as they are
 */
#pragma once

#include "Toys.h"
#include "Side.h"
#include <axtls/engine.h>

namespace Fuzz
{
constexpr size_t sceneHeaderSize = 6;
constexpr uint8_t resumeBit = 0x40, rawBit = 0x80;

struct Scene {
	enum Flag : uint16_t {
		tickets = 1 << 0,
		cache = 1 << 1,
		askClient = 1 << 2,
		requireClient = 1 << 3,
		clientIdentity = 1 << 4,
		clientIdentityIsEc = 1 << 5,
		realCipher = 1 << 6,
		namedServer = 1 << 7,
		serverKeyOther = 1 << 8, ///< the server has only the key that the suite does not want
		withoutCurve25519 = 1 << 9,
		withoutCurveP256 = 1 << 10,
		protocolsDiffer = 1 << 11,
		allowLegacyServer = 1 << 12,
		withoutSha384 = 1 << 13,
		authorities = 1 << 14,
		withoutTime = 1 << 15,
	};

	/** What all application data consists of, to be found where it must not be. */
	static constexpr uint8_t plaintext = 0x5C;

	/** @param header sceneHeaderSize bytes, of which those that an input lacks are 0 */
	explicit Scene(const uint8_t* header);
	~Scene();

	/** Of the server's certificate, for the suite that it prefers. */
	bool serverKeyIsEc() const;

	axtls_crypto crypto;
	br_ec_impl curves;
	axtls_settings server, client;
	axtls_cache cache_;
	axtls_ticket_keys ticketKeys;
	ToyRandom serverRandom, clientRandom; ///< apart, so that what one peer said fits when it is said again
	uint8_t cut;
	uint8_t failAllocation;
	uint16_t flags;
};

/** Bytes that engines, caches and tickets hold now. */
size_t heldBytes();

/** The n-th allocation from now fails; 0: none. */
void failAllocation(unsigned n);

} // namespace Fuzz
