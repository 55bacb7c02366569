/** Ssl::Context: what an engine prepares for a session before a connection can be made from it. */
#pragma once

#include "Connection.h"
#include <Memory.h>

namespace Ssl
{
class Session;

class Context : public Memory::Tagged<Memory::Tag::session>
{
public:
	explicit Context(Session& session) : session(session)
	{
	}
	virtual ~Context() = default;
	Context(const Context&) = delete;
	Context& operator=(const Context&) = delete;

	/** Check and prepare what the session gives (keys, cipher suites). On failure session.getError() says why. */
	virtual bool init() = 0;

	/** Make the connection and begin its handshake. @return nullptr on failure, with the error in the session */
	virtual Connection* createClient() = 0;
	virtual Connection* createServer() = 0;

	Session& getSession()
	{
		return session;
	}

protected:
	Session& session;
};

} // namespace Ssl
