/**
 * NtpClient: asks a time server for the time (SNTP, RFC 4330, a subset of RFC 5905) and can set SystemClock.
 *
 * An answer counts if it is to our last question (it repeats the random number that we sent as transmit time),
 * comes from a synchronised server (stratum 1-15) and lies between 2020 and 2136. Without an answer the question
 * is repeated, at growing intervals. NTP as such is not authenticated: whoever can change packets can change the
 * time.
 */
#pragma once

#include "NameLookup.h"
#include "UdpConnection.h"
#include <Delegate.h>
#include <SimpleTimer.h>
#include <SystemClock.h>

#define NTP_PORT 123
#define NTP_PACKET_SIZE 48
#define NTP_VERSION 4
#define NTP_MODE_CLIENT 3
#define NTP_MODE_SERVER 4

#ifndef NTP_DEFAULT_SERVER
#define NTP_DEFAULT_SERVER "pool.ntp.org"
#endif
#define NTP_DEFAULT_AUTOQUERY_SECONDS 600U
#define NTP_MIN_AUTOQUERY_SECONDS 10U
#define NTP_RESPONSE_TIMEOUT_MS 5000U	   ///< until the first repetition; doubles each time
#define NTP_MAX_RESPONSE_TIMEOUT_MS 80000U ///< but is never more than this

class NtpClient;

/** @param ntpTime seconds since 1970, UTC */
using NtpTimeResultDelegate = Delegate<void(NtpClient& client, time_t ntpTime)>;

class NtpClient : protected UdpConnection
{
public:
	using UdpConnection::operator new;
	using UdpConnection::operator delete;

	NtpClient() : NtpClient(nullptr, NTP_DEFAULT_AUTOQUERY_SECONDS, nullptr)
	{
	}
	NtpClient(NtpTimeResultDelegate onTimeReceived)
		: NtpClient(nullptr, NTP_DEFAULT_AUTOQUERY_SECONDS, onTimeReceived)
	{
	}

	/**
	 * @param server          name or address; null: NTP_DEFAULT_SERVER
	 * @param intervalSeconds ask that often; 0: only when requestTime() is called
	 * @param onTimeReceived  gets the time; without it the answer sets SystemClock
	 */
	NtpClient(const String& server, unsigned intervalSeconds, NtpTimeResultDelegate onTimeReceived = nullptr);

	/** Ask now. */
	void requestTime();

	void setNtpServer(const String& newServer)
	{
		server = newServer;
	}

	/** Ask again and again. */
	void setAutoQuery(bool autoQuery);

	/** @param seconds at least NTP_MIN_AUTOQUERY_SECONDS */
	void setAutoQueryInterval(unsigned seconds);

	/** Let answers set SystemClock. */
	void setAutoUpdateSystemClock(bool autoUpdateClock)
	{
		autoUpdateSystemClock = autoUpdateClock;
	}

protected:
	void onReceive(char* data, size_t length, IpAddress remoteIP, uint16_t remotePort) override;

private:
	void onResolved(IpAddress address, uint16_t port);
	void startTimer(uint32_t milliseconds);
	static void onTimer(void* arg);
	void scheduleNext();

	Network::NameLookup lookup;
	SimpleTimer timer;
	String server;
	NtpTimeResultDelegate delegateCompleted;
	uint8_t nonce[8] = {}; ///< sent as transmit time; the answer has to bring it back
	uint64_t sentUs = 0;
	unsigned autoQuerySeconds;
	uint32_t retryMs = NTP_RESPONSE_TIMEOUT_MS;
	bool waitingForReply = false;
	bool autoQueryEnabled;
	bool autoUpdateSystemClock;
};
