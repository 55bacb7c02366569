/** Ssl::SessionId: identifies a session that may be resumed (RFC 5246 §7.4.1.2), 0 to 32 bytes. */
#pragma once

#include <WString.h>
#include <cstddef>
#include <cstdint>

namespace Ssl
{
class SessionId
{
public:
	static constexpr size_t maxLength = 32;

	const uint8_t* getValue() const
	{
		return value;
	}

	unsigned getLength() const
	{
		return length;
	}

	/** False for the empty id, which a server sends when it does not offer resumption. */
	bool isValid() const
	{
		return length != 0;
	}

	/** @return false when the value is longer than TLS allows; the id is then empty */
	bool assign(const uint8_t* newValue, unsigned newLength);

	/** In hexadecimal digits. */
	String toString() const;

	operator String() const
	{
		return toString();
	}

private:
	uint8_t value[maxLength]{};
	uint8_t length = 0;
};

} // namespace Ssl
