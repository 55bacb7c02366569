#include "KeyMaterial.h"
#include <Memory.h>
#include <Network/Ssl/KeyCertPair.h>

namespace Ssl
{
bool KeyCertPair::assign(const uint8_t* newKey, unsigned newKeyLength, const uint8_t* newCertificate,
						 unsigned newCertificateLength, const char* newKeyPassword)
{
	KeyMaterial* fresh = nullptr;
	Error result = Error::none;
	if(newKey == nullptr || newKeyLength == 0) {
		result = Error::badKey;
	} else if(newCertificate == nullptr || newCertificateLength == 0) {
		result = Error::badCertificateData;
	} else {
		// Before free(): the same pair assigned again is not decoded again
		result = KeyMaterial::create(newKey, newKeyLength, newCertificate, newCertificateLength, newKeyPassword, fresh);
	}
	free();
	material = fresh;
	error = result;
	return isValid();
}

bool KeyCertPair::assign(const FlashString& newKey, const FlashString& newCertificate, const char* newKeyPassword)
{
	// By way of the heap: flash cannot be read byte by byte on every chip
	const size_t size = newKey.length();
	auto key = static_cast<uint8_t*>(Memory::allocate(size, Memory::Tag::certificate));
	const String certificate(newCertificate);
	if(key == nullptr || certificate.length() != newCertificate.length()) {
		free();
		error = Error::noMemory;
		Memory::release(key);
		return false;
	}
	newKey.readBytes(0, key, size);
	const bool ok = assign(key, size, reinterpret_cast<const uint8_t*>(certificate.c_str()), certificate.length(),
						   newKeyPassword);
	Memory::wipeAndRelease(key);
	return ok;
}

} // namespace Ssl
