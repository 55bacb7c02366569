/** ResumptionStore: TLS sessions of HTTP connections that are gone, for the next ones to the same servers. */
#pragma once

#include <Memory.h>
#include <Network/Ssl/Resumption.h>
#include <WString.h>

class ResumptionStore
{
public:
	/** Most that are kept; the oldest goes first. */
	static constexpr unsigned maxCount = 4;

	~ResumptionStore()
	{
		clear();
	}

	/** Keep one. @param resumption now owned by the store; nullptr: nothing to keep */
	void keep(const String& host, int port, Ssl::Resumption* resumption);

	/** @return owned by the caller; nullptr when there is none */
	Ssl::Resumption* take(const String& host, int port);

	/** Forget all. */
	void clear();

private:
	struct Entry;

	static Ssl::Resumption* unlink(Entry** link);

	Entry* first = nullptr; ///< the newest
};
