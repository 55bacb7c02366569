#include <Network/Ssl/Error.h>

namespace Ssl
{
String toString(Error error)
{
	switch(error) {
#define X(name, alert, text)                                                                                           \
	case Error::name:                                                                                                  \
		return F(#name);
		SSL_ERROR_MAP(X)
#undef X
	}
	return nullptr;
}

String getErrorString(Error error)
{
	switch(error) {
#define X(name, alert, text)                                                                                           \
	case Error::name:                                                                                                  \
		return F(text);
		SSL_ERROR_MAP(X)
#undef X
	}
	return nullptr;
}

Alert alertFor(Error error)
{
	switch(error) {
#define X(name, alert, text)                                                                                           \
	case Error::name:                                                                                                  \
		return Alert::alert;
		SSL_ERROR_MAP(X)
#undef X
	}
	return Alert::none;
}

} // namespace Ssl
