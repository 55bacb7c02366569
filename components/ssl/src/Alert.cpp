#include <Network/Ssl/Alert.h>

namespace Ssl
{
String getAlertString(Alert alert)
{
	switch(alert) {
#define XX(tag, code, name)                                                                                            \
	case Alert::tag:                                                                                                   \
		return F(#tag);
		SSL_ALERT_CODE_MAP(XX)
#undef XX
	case Alert::Invalid:
		return F("Invalid");
	}
	String text(F("Alert #"));
	text += int(alert);
	return text;
}

String toString(Alert alert)
{
	switch(alert) {
#define XX(tag, code, name)                                                                                            \
	case Alert::tag:                                                                                                   \
		return F(name);
		SSL_ALERT_CODE_MAP(XX)
#undef XX
	case Alert::Invalid:
		return F("none");
	}
	String text(F("alert "));
	text += int(alert);
	return text;
}

} // namespace Ssl
