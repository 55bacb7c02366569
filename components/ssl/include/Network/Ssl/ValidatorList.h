/**
 * Ssl::ValidatorList: pins and callbacks of a session; one of them must accept the peer's certificate.
 *
 * The list owns its validators and keeps them: they hold for every certificate that it is shown.
 */
#pragma once

#include "Validator.h"

namespace Ssl
{
class ValidatorList
{
public:
	/** Fingerprints that are asked for: only these are computed. A callback may ask for any, so it adds all. */
	Fingerprint::Types fingerprintTypes;

	ValidatorList() = default;
	~ValidatorList()
	{
		clear();
	}
	ValidatorList(const ValidatorList&) = delete;
	ValidatorList& operator=(const ValidatorList&) = delete;

	/**
	 * Add a validator of the application's own.
	 * @param validator allocated with `new`; nullptr (no memory) is refused and remembered, see isComplete()
	 */
	bool add(Validator* validator);

	/** Add a callback. `data` is handed to it unchanged. */
	bool add(ValidatorCallback callback, void* data = nullptr)
	{
		return add(new CallbackValidator(callback, data));
	}

	/** Accept the certificate with this fingerprint, wherever it is signed and whatever its name and dates. */
	template <class T> bool pin(const T& fingerprint)
	{
		if(!append(new FingerprintValidator<T>(fingerprint))) {
			return false;
		}
		fingerprintTypes.add(T::type);
		return true;
	}

	/** Ask each in turn until one accepts. @return false when none does, or the list is empty */
	bool validate(const Certificate* certificate) const;

	unsigned count() const;

	bool isEmpty() const
	{
		return first == nullptr;
	}

	/** False when a validator was lost for want of memory: the session then refuses to start. */
	bool isComplete() const
	{
		return complete;
	}

	/** Delete all validators. */
	void clear();

private:
	bool append(Validator* validator);

	Validator* first = nullptr;
	bool complete = true;
};

} // namespace Ssl
