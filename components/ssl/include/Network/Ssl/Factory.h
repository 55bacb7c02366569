/**
 * Ssl::Factory: the one place where a TLS engine is plugged in.
 *
 * Exactly one adapter folder is compiled, chosen by ENABLE_SSL; it defines `factory`. Nothing else in the
 * tree knows which.
 */
#pragma once

#include "Context.h"

/*
 * Marks a function that only servers need. A program for a chip has it if it has a ServerShare somewhere, whose constructor
 * stands beside such functions; otherwise the function, and the engine's server behind it, are not linked.
 */
#ifdef ARCH_HOST
#define SSL_SERVER_ONLY
#define SSL_IS_LINKED(function) true
#else
#define SSL_SERVER_ONLY __attribute__((weak))
#define SSL_IS_LINKED(function) (&(function) != nullptr)
#endif

namespace Ssl
{
class Factory
{
public:
	/** Engine's name as in ENABLE_SSL: "Bearssl", "Axtls"; "none" when TLS is not compiled in. */
	virtual const char* getName() const = 0;

	/** False when TLS is not compiled in: createContext() then always gives nullptr. */
	virtual bool isEnabled() const = 0;

	/** Make the context of a session. @return nullptr when there is no memory for it. The caller deletes it. */
	virtual Context* createContext(Session& session) = 0;

protected:
	~Factory() = default;
};

extern Factory* const factory;

inline Factory* getFactory()
{
	return factory;
}

} // namespace Ssl
