/* The part of KeyCertPair that every session has; decoding stands apart, so that it is linked only where it is used. */
#include "KeyMaterial.h"
#include <Memory.h>
#include <Network/Ssl/KeyCertPair.h>

namespace Ssl
{
namespace
{
KeyMaterial* held; ///< all that are referred to
} // namespace

KeyMaterial* KeyMaterial::first()
{
	return held;
}

void KeyMaterial::enlist(KeyMaterial* material)
{
	material->next = held;
	held = material;
}

void KeyMaterial::release(KeyMaterial* material)
{
	if(material == nullptr || --material->references != 0) {
		return;
	}
	for(auto link = &held; *link != nullptr; link = &(*link)->next) {
		if(*link == material) {
			*link = material->next;
			break;
		}
	}
	Memory::wipeAndRelease(material->keyData);
	for(size_t i = 0; i < material->chainLength; ++i) {
		Memory::release(material->chain[i].data);
	}
	Memory::wipeAndRelease(material);
}

bool KeyCertPair::assign(const KeyCertPair& keyCert)
{
	if(keyCert.material != material) {
		free();
		material = keyCert.material;
		if(material != nullptr) {
			++material->references;
		}
	}
	error = keyCert.error;
	return isValid();
}

void KeyCertPair::free()
{
	if(material != nullptr) {
		KeyMaterial::release(material);
		material = nullptr;
	}
	error = Error::none;
}

const uint8_t* KeyCertPair::getCertificate() const
{
	return material == nullptr ? nullptr : material->chain[0].data;
}

unsigned KeyCertPair::getCertificateLength() const
{
	return material == nullptr ? 0 : material->chain[0].data_len;
}

} // namespace Ssl
