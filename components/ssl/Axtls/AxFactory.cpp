#include "AxConnection.h"
#include <Network/Ssl/Factory.h>

namespace Ssl
{
namespace
{
class AxContext final : public Context
{
public:
	using Context::Context;

	bool init() override
	{
		return true; // all that the engine knows belongs to one connection
	}

	Connection* createClient() override
	{
		return create();
	}

	Connection* createServer() override
	{
		return create();
	}

private:
	Connection* create()
	{
		auto connection = new AxConnection(session);
		if(connection == nullptr) {
			session.fail(Error::noMemory);
		} else if(!connection->start()) {
			delete connection;
			connection = nullptr;
		}
		return connection;
	}
};

class AxFactory final : public Factory
{
public:
	const char* getName() const override
	{
		return "Axtls";
	}

	bool isEnabled() const override
	{
		return true;
	}

	Context* createContext(Session& session) override
	{
		return new AxContext(session);
	}
};

AxFactory axFactory;

} // namespace

Factory* const factory = &axFactory;

} // namespace Ssl
