/** One end of a connection, with a validator that knows the key and looks at nothing but lengths. */
#pragma once

#include <axtls/engine.h>

namespace Fuzz
{
struct Side {
	struct Validator {
		const br_x509_class* vtable;
		br_x509_pkey key;
		uint32_t expected; ///< bytes of the certificate, as announced
		uint32_t seen;
		bool inCertificate;
		bool refuses; ///< a byte with the value of `poison` was in it
	};

	static constexpr uint8_t poison = 0xee;

	Side() = default;
	Side(const Side&) = delete;
	Side& operator=(const Side&) = delete;
	~Side();

	/** For axtls_settings; `self` is a Side. */
	static const br_x509_class** getValidator(void* self, axtls_engine* engine);

	/** Give the engine a stream in pieces of `cut` bytes (0: at once), looking at its promises after each. */
	void feed(const uint8_t* data, size_t length, uint8_t cut);

	/** A finding, if the engine breaks a promise. Takes plaintext that is there. */
	void check();
	/** One piece, by one of the engine's ways to take it. */
	size_t feedPiece(uint8_t* data, size_t length);

	axtls_engine* engine = nullptr;
	bool peerKeyIsEc = false;
	bool endWasSeen = false; ///< all that a closed engine had to say was taken
	Validator validator{};
};

} // namespace Fuzz
