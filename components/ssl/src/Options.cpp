#include <Network/Ssl/Options.h>

namespace Ssl
{
String Options::toString() const
{
	String text;
	auto add = [&text](bool isSet, const char* name) {
		if(isSet) {
			if(text.length() != 0) {
				text += ", ";
			}
			text += name;
		}
	};
	add(sessionResume, "sessionResume");
	add(clientAuthentication, "clientAuthentication");
	add(verifyLater, "verifyLater");
	add(freeKeyCertAfterHandshake, "freeKeyCertAfterHandshake");
	add(legacyVersions, "legacyVersions");
	return text;
}

} // namespace Ssl
