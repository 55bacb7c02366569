/* ENABLE_SSL=0: sessions can be set up as ever, but starting one fails with Error::notEnabled. */
#include <Network/Ssl/Factory.h>

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

Factory* const factory = &noFactory;

} // namespace Ssl
