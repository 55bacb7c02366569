#include "ProtocolNames.h"
#include <Memory.h>
#include <cstring>

namespace Ssl
{
ProtocolNames::~ProtocolNames()
{
	Memory::release(names);
}

bool ProtocolNames::init(Session& session)
{
	constexpr size_t maxCount = 8;
	constexpr size_t maxName = 255; // RFC 7301 §3.1
	const String& list = session.alpnProtocols;
	if(list.length() == 0) {
		return true;
	}
	size_t count = 1;
	for(size_t i = 0; i < list.length(); ++i) {
		count += list[i] == ',';
	}
	names = static_cast<const char**>(
		Memory::allocate(count * sizeof(*names) + list.length() + 1, Memory::Tag::session));
	if(names == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	auto text = reinterpret_cast<char*>(names + count);
	memcpy(text, list.c_str(), list.length() + 1);
	bool valid = count <= maxCount;
	for(size_t i = 0; i < count; ++i) {
		names[i] = text;
		const size_t length = strcspn(text, ",");
		valid = valid && length != 0 && length <= maxName;
		text += length;
		*text++ = '\0';
	}
	if(!valid) {
		session.setErrorDetail(_F("session.alpnProtocols takes 1 to 8 names of 1 to 255 bytes, separated by commas"));
		session.fail(Error::internal);
		return false;
	}
	number = count;
	return true;
}

} // namespace Ssl
