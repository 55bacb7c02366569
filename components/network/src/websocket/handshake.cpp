#include "handshake.h"
#include <Crypto/Sha1.h>
#include <Data/WebHelpers/base64.h>
#include <hal.h>

namespace Websocket
{
namespace
{
/* The next element of a list by commas, without the spaces around it. @return false at the end */
bool nextElement(const String& list, size_t& position, String& element)
{
	if(position >= list.length()) {
		return false;
	}
	int comma = list.indexOf(',', position);
	auto end = (comma < 0) ? list.length() : size_t(comma);
	element = list.substring(position, end);
	element.trim();
	position = end + 1;
	return true;
}

bool contains(const String& list, const String& wanted, bool anyCase)
{
	String element;
	for(size_t position = 0; nextElement(list, position, element);) {
		if(anyCase ? element.equalsIgnoreCase(wanted) : element == wanted) {
			return !element.isEmpty();
		}
	}
	return false;
}

} // namespace

String makeKey()
{
	uint8_t random[16];
	return hal_random(random, sizeof(random)) ? base64_encode(random, sizeof(random)) : String();
}

bool isKey(const String& key)
{
	return base64_decode(key).length() == 16;
}

String acceptFor(const String& key)
{
	Crypto::Sha1 hash;
	hash.update(key).update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36); // the GUID of §1.3
	auto value = hash.getHash();
	return base64_encode(value.data(), value.size());
}

bool hasToken(const String& list, const char* token)
{
	return contains(list, token, true);
}

String firstShared(const String& ours, const String& theirs)
{
	String element;
	for(size_t position = 0; nextElement(ours, position, element);) {
		if(!element.isEmpty() && contains(theirs, element, false)) {
			return element;
		}
	}
	return nullptr;
}

bool isSameOrigin(const String& origin, const String& host)
{
	if(origin.isEmpty()) {
		return true; // no browser: those always send one
	}
	int start = origin.indexOf("://");
	return start > 0 && origin.substring(size_t(start) + 3).equalsIgnoreCase(host);
}

} // namespace Websocket
