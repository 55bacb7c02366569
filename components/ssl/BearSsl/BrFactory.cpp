#include "BrClientConnection.h"
#include "BrServerConnection.h"
#include <Network/Ssl/Factory.h>

namespace Ssl
{
namespace
{
class BrContext final : public Context
{
public:
	using Context::Context;

	bool init() override
	{
		return true; // all that BearSSL knows belongs to one connection
	}

	Connection* createClient() override
	{
		return BrConnection::create<BrClientConnection>(session);
	}

	Connection* createServer() override
	{
		return SSL_IS_LINKED(createBrServer) ? createBrServer(session) : nullptr;
	}
};

class BrFactory final : public Factory
{
public:
	const char* getName() const override
	{
		return "Bearssl";
	}

	bool isEnabled() const override
	{
		return true;
	}

	Context* createContext(Session& session) override
	{
		return new BrContext(session);
	}
};

BrFactory brFactory;

} // namespace

Factory* const factory = &brFactory;

} // namespace Ssl
