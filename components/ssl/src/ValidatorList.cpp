#include <Network/Ssl/ValidatorList.h>

namespace Ssl
{
bool ValidatorList::append(Validator* validator)
{
	if(validator == nullptr) {
		complete = false;
		return false;
	}
	Validator** link = &first;
	while(*link != nullptr) {
		link = &(*link)->next;
	}
	*link = validator;
	return true;
}

bool ValidatorList::add(Validator* validator)
{
	if(!append(validator)) {
		return false;
	}
	fingerprintTypes.add(Fingerprint::Type::CertSha1);
	fingerprintTypes.add(Fingerprint::Type::CertSha256);
	fingerprintTypes.add(Fingerprint::Type::PkiSha256);
	return true;
}

bool ValidatorList::validate(const Certificate* certificate) const
{
	if(certificate == nullptr) {
		return false;
	}
	for(auto validator = first; validator != nullptr; validator = validator->next) {
		if(validator->validate(*certificate)) {
			return true;
		}
	}
	return false;
}

unsigned ValidatorList::count() const
{
	unsigned n = 0;
	for(auto validator = first; validator != nullptr; validator = validator->next) {
		++n;
	}
	return n;
}

void ValidatorList::clear()
{
	while(first != nullptr) {
		auto validator = first;
		first = validator->next;
		delete validator;
	}
	fingerprintTypes = {};
	complete = true;
}

} // namespace Ssl
