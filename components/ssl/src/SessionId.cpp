#include <Crypto/ByteArray.h>
#include <Network/Ssl/SessionId.h>
#include <cstring>

namespace Ssl
{
bool SessionId::assign(const uint8_t* newValue, unsigned newLength)
{
	length = 0;
	if(newLength > maxLength) {
		return false;
	}
	if(newLength != 0) {
		memcpy(value, newValue, newLength);
	}
	length = uint8_t(newLength);
	return true;
}

String SessionId::toString() const
{
	return Crypto::toHex(value, length);
}

} // namespace Ssl
