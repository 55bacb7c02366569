#include <x509/error.h>

const char *x509_error_name(x509_error error)
{
	switch(error) {
#define X(name, value, text)                                                                                           \
	case X509_ERROR_##name:                                                                                            \
		return #name;
		X509_ERROR_MAP(X)
#undef X
	}
	return "?";
}

const char *x509_error_text(x509_error error)
{
	switch(error) {
#define X(name, value, text)                                                                                           \
	case X509_ERROR_##name:                                                                                            \
		return text;
		X509_ERROR_MAP(X)
#undef X
	}
	return "?";
}
