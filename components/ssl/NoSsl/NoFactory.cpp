/* ENABLE_SSL=0: sessions can be set up as ever, but starting one fails with Error::notEnabled. */
#include <Network/Ssl/Factory.h>
#include <Network/Ssl/ServerShare.h>

namespace Ssl
{
namespace
{
class NoFactory final : public Factory
{
public:
	const char* getName() const override
	{
		return "none";
	}

	bool isEnabled() const override
	{
		return false;
	}

	Context* createContext(Session&) override
	{
		return nullptr;
	}
};

NoFactory noFactory;

} // namespace

ServerShare::ServerShare()
{
}

Factory* const factory = &noFactory;

} // namespace Ssl
