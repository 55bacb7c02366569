/**
 * Network::NameLookup: finds the IPv4 address of a host name without holding up the main loop.
 *
 * One object serves one lookup at a time. Deleting it cancels, so the callback never meets a dead owner.
 */
#pragma once

#include <Delegate.h>
#include <IpAddress.h>
#include <WString.h>

namespace Network
{
class NameLookup
{
public:
	/** Longest name, without the trailing dot (RFC 1035 §2.3.4). */
	static constexpr size_t maxNameLength = 253;

	/** @param address 0.0.0.0 when the name has no address or DNS does not answer @param port the port to connect to */
	using Callback = Delegate<void(IpAddress address, uint16_t port)>;

	/** What a lookup has come to when it begins. */
	enum class Result : uint8_t {
		ready,	 ///< known at once: see getAddress(), getPort(); the callback is not called
		pending, ///< the callback follows from the main loop
		failed,	 ///< not a name, or too many lookups under way
	};

	NameLookup() = default;
	NameLookup(const NameLookup&) = delete;
	NameLookup& operator=(const NameLookup&) = delete;
	~NameLookup()
	{
		cancel();
	}

	/**
	 * Look up `host`, which may be an address in dotted decimal. An earlier lookup is cancelled.
	 * @param port  is handed through; on host `--resolve` may replace it
	 */
	Result start(const String& host, uint16_t port, Callback callback);

	/** Forget about the answer. */
	void cancel();

	bool isPending() const
	{
		return slot >= 0;
	}
	IpAddress getAddress() const
	{
		return address;
	}
	uint16_t getPort() const
	{
		return port;
	}

	/** For the resolver. */
	void complete(IpAddress result);

private:
	Callback callback;
	IpAddress address;
	uint16_t port = 0;
	int8_t slot = -1; ///< in the resolver's table, -1: none
};

} // namespace Network
