#include <Network/Http/HttpCommon.h>

String toString(HttpMethod method)
{
	switch(method) {
#define XX(num, name, text)                                                                                            \
	case HttpMethod::name:                                                                                             \
		return F(text);
		SMING_HTTP_METHODS(XX)
#undef XX
	}
	return nullptr;
}

String toString(HttpStatus code)
{
	switch(code) {
#define XX(num, name, text)                                                                                            \
	case HttpStatus::name:                                                                                             \
		return F(text);
		SMING_HTTP_STATUSES(XX)
#undef XX
	}
	return String(unsigned(code));
}

String toString(HttpError error)
{
	switch(error) {
#define XX(name)                                                                                                       \
	case HttpError::name:                                                                                              \
		return F(#name);
		SMING_HTTP_ERRORS(XX)
#undef XX
	}
	return String(unsigned(error));
}
