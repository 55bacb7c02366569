/**
 * Ssl::DerReader: walks through keys or certificates given as DER, one or several in a row, or as PEM
 * (RFC 7468). Private.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Ssl
{
class DerReader
{
public:
	enum class Status {
		object,		 ///< data() and length() hold the next one
		end,		 ///< there are no more
		malformed,	 ///< neither DER nor PEM, or cut off
		noMemory,
	};

	DerReader(const uint8_t* data, size_t length);
	~DerReader();
	DerReader(const DerReader&) = delete;
	DerReader& operator=(const DerReader&) = delete;

	Status next();

	/** The object in DER; valid until the next call. */
	const uint8_t* data() const
	{
		return object;
	}

	size_t length() const
	{
		return objectLength;
	}

	/** PEM label ("CERTIFICATE", "EC PRIVATE KEY"); "" for DER. */
	const char* label() const
	{
		return name;
	}

private:
	Status nextDer();
	Status nextPem();
	void setLabel(const char* text);
	static void store(void* self, const void* data, size_t length);

	const uint8_t* input;
	size_t remaining;
	const uint8_t* object = nullptr;
	size_t objectLength = 0;
	uint8_t* buffer = nullptr; ///< decoded PEM, wiped: it may be a key
	size_t capacity = 0;
	char name[48]{}; ///< the longest known label has 23 characters
	bool isPem;
};

} // namespace Ssl
