/**
 * Ssl::HelloVersions: whether a ClientHello offers a version that is allowed, for engines that do not look at
 * supported_versions (RFC 8446 §4.2.1). A client that offers only TLS 1.3 names 1.2 where older servers look, and
 * would otherwise be told that the cipher suites do not match. Private to the adapters.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Ssl
{
class HelloVersions
{
public:
	/** @param lowest,highest versions that are allowed, as on the wire: 0x0303 is TLS 1.2 */
	HelloVersions(uint16_t lowest, uint16_t highest) : lowest(lowest), highest(highest)
	{
	}

	/**
	 * Take the next bytes of the handshake, cut in any way. What is malformed is left to the engine.
	 * @return false once the client has said that it offers none of the versions
	 */
	bool feed(const uint8_t* data, size_t length);

private:
	enum class Step : uint8_t {
		message,
		sessionLength,
		suitesLength,
		compressionsLength,
		extensionsLength,
		extension,
		versionsLength,
		version,
		done,
	};

	/** Go on with `step`, which needs `bytes`, behind `gap` others. */
	void next(Step nextStep, uint8_t bytes, uint32_t gap = 0)
	{
		step = nextStep;
		needed = bytes;
		skipped = gap;
	}

	void nextExtension(uint32_t gap = 0);
	bool take();

	uint32_t messageLeft = 4; ///< bytes of the ClientHello, first of its header
	uint32_t skipped = 0;	  ///< bytes still to be passed over
	uint16_t lowest;
	uint16_t highest;
	uint16_t left = 0;	  ///< of the extensions
	uint16_t versions = 0; ///< bytes left of the list
	Step step = Step::message;
	uint8_t needed = 4;
	uint8_t held = 0;
	uint8_t bytes[4];
};

} // namespace Ssl
