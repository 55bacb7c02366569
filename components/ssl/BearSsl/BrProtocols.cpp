/* Application protocols of a connection (ALPN, RFC 7301). */
#include "BrConnection.h"
#include <Memory.h>
#include <cstring>

namespace Ssl
{
const char* BrConnection::getAlpnProtocol() const
{
	const char* name = handshakeDone ? br_ssl_engine_get_selected_protocol(engine()) : nullptr;
	return name == nullptr ? "" : name;
}

/* Names of ALPN as the engine wants them: an array of pointers, the names behind it. */
bool BrConnection::initProtocols()
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
	protocols = static_cast<const char**>(
		Memory::allocate(count * sizeof(*protocols) + list.length() + 1, Memory::Tag::session));
	if(protocols == nullptr) {
		session.fail(Error::noMemory);
		return false;
	}
	auto text = reinterpret_cast<char*>(protocols + count);
	memcpy(text, list.c_str(), list.length() + 1);
	bool valid = count <= maxCount;
	for(size_t i = 0; i < count; ++i) {
		protocols[i] = text;
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
	br_ssl_engine_set_protocol_names(engine(), protocols, count);
	return true;
}

uint16_t BrConnection::getVersion() const
{
	return handshakeDone ? uint16_t(br_ssl_engine_get_version(engine())) : 0;
}

const Certificate* BrConnection::getCertificate() const
{
	return certificate == nullptr && verifier != nullptr ? verifier->getCertificate() : certificate;
}

} // namespace Ssl
