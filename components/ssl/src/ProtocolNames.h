/** Ssl::ProtocolNames: session.alpnProtocols as engines want them. Private to the adapters. */
#pragma once

#include <Network/Ssl/Session.h>

namespace Ssl
{
class ProtocolNames
{
public:
	ProtocolNames() = default;
	~ProtocolNames();
	ProtocolNames(const ProtocolNames&) = delete;
	ProtocolNames& operator=(const ProtocolNames&) = delete;

	/** Take the session's apart. @return false with the error in the session */
	bool init(Session& session);

	/** Zero-terminated names in order of preference; they live as long as this object. */
	const char** get() const
	{
		return names;
	}

	size_t count() const
	{
		return number;
	}

private:
	const char** names = nullptr; ///< the pointers, then what they point to
	size_t number = 0;
};

} // namespace Ssl
