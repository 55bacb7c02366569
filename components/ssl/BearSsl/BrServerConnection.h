#pragma once

#include "BrConnection.h"

namespace Ssl
{
class BrServerConnection final : public BrConnection
{
public:
	explicit BrServerConnection(Session& session) : BrConnection(session, sizeof(br_ssl_server_context))
	{
	}

	/** Begin to wait for a ClientHello. @return false with the error in the session */
	bool start();

private:
	br_ssl_server_context* server() const
	{
		return static_cast<br_ssl_server_context*>(context);
	}
};

} // namespace Ssl
