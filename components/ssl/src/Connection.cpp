#include <Network/Ssl/Connection.h>

namespace Ssl
{
size_t Connection::printTo(Print& p) const
{
	size_t count = p.print(_F("  Cipher suite: "));
	count += p.println(getCipherSuiteName(getCipherSuite()));
	const SessionId id = getSessionId();
	count += p.print(_F("  Session ID:   "));
	count += p.println(id.isValid() ? id.toString() : String(_F("none")));
	const Certificate* certificate = getCertificate();
	if(certificate == nullptr) {
		count += p.println(_F("  No certificate"));
	} else {
		count += p.println(_F("Certificate:"));
		count += certificate->printTo(p);
	}
	return count;
}

} // namespace Ssl
