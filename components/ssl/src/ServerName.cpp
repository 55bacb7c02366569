#include "ServerName.h"
#include "Text.h"
#include <x509/validator.h>

namespace Ssl
{
bool getServerName(Session& session, String& name)
{
	if(session.hostName.length() == 0) {
		return true;
	}
	x509_config config;
	x509_config_init_bare(&config, X509_SERVER_CERTIFICATE);
	if(!x509_config_set_server(&config, session.hostName.c_str())) {
		session.setErrorDetail(printable(session.hostName.c_str(), session.hostName.length()));
		session.fail(Error::noHostName);
		return false;
	}
	if(config.address_length == 0) {
		name = session.hostName;
		if(name.length() != session.hostName.length()) {
			session.fail(Error::noMemory);
			return false;
		}
		if(name.endsWith('.')) {
			name.setLength(name.length() - 1);
		}
	}
	return true;
}

} // namespace Ssl
