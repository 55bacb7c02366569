#pragma once

#include "BrConnection.h"

namespace Ssl
{
class BrClientConnection final : public BrConnection
{
public:
	explicit BrClientConnection(Session& session) : BrConnection(session, sizeof(br_ssl_client_context))
	{
	}

	/** Begin: the ClientHello is then in the output. @return false with the error in the session */
	bool start();

private:
	bool wasShort() const override;

	br_ssl_client_context* client() const
	{
		return static_cast<br_ssl_client_context*>(context);
	}
};

} // namespace Ssl
