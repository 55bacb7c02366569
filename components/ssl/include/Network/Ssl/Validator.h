/**
 * Ssl::Validator: accepts or refuses the peer's certificate in place of the chain check.
 *
 * Give one to `session.validators`, or use its `pin()` and `add(callback)`.
 */
#pragma once

#include "Certificate.h"
#include "Fingerprints.h"
#include <Delegate.h>
#include <Memory.h>

namespace Ssl
{
/** Base of all validators. Objects must be allocated with `new`: the list deletes them. */
class Validator : public Memory::Tagged<Memory::Tag::session>
{
public:
	virtual ~Validator() = default;

	/** Judge. May be called again for a later connection, so must leave the validator as it is. */
	virtual bool validate(const Certificate& certificate) = 0;

private:
	friend class ValidatorList;
	Validator* next = nullptr;
};

/** Accepts the certificate with one fingerprint; `FP` is one of the types in Fingerprint. */
template <class FP> class FingerprintValidator : public Validator
{
public:
	explicit FingerprintValidator(const FP& fingerprint) : fp(fingerprint)
	{
	}

	bool validate(const Certificate& certificate) override
	{
		Fingerprint value;
		if(!certificate.getFingerprint(FP::type, value)) {
			return false;
		}
		return reinterpret_cast<const FP&>(value).hash == fp.hash;
	}

private:
	FP fp;
};

/**
 * Function of the application that judges a certificate.
 * @param certificate never null when there is something to judge. If the connection ends before that, the
 *        callback runs once with nullptr so that it can release what `data` points to; its result is ignored.
 * @param data as given to ValidatorList::add()
 */
using ValidatorCallback = Delegate<bool(const Certificate* certificate, void* data)>;

/** Wraps a callback. */
class CallbackValidator : public Validator
{
public:
	CallbackValidator(ValidatorCallback callback, void* param) : callback(callback), param(param)
	{
	}

	~CallbackValidator() override
	{
		if(callback && !called) {
			callback(nullptr, param);
		}
	}

	bool validate(const Certificate& certificate) override
	{
		called = true;
		return callback ? callback(&certificate, param) : false;
	}

private:
	ValidatorCallback callback;
	void* param;
	bool called = false;
};

} // namespace Ssl
