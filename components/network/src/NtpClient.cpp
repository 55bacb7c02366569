#include <Network/NtpClient.h>
#include <cstring>
#include <debug_progmem.h>
#include <hal.h>

namespace
{
/* Offsets in the packet (RFC 5905 §7.3). */
constexpr size_t stratumOffset = 1;
constexpr size_t originOffset = 24;
constexpr size_t transmitOffset = 40;

/* NTP counts seconds from 1900 in 32 bits and starts anew in 2036 (RFC 4330 §3). */
constexpr int64_t unixOffset = 2208988800;
constexpr int64_t eraLength = int64_t(1) << 32;
constexpr int64_t earliestTime = 1577836800; // 2020-01-01: an earlier second belongs to the next era

uint32_t readBigEndian(const uint8_t* p)
{
	return uint32_t(p[0]) << 24 | uint32_t(p[1]) << 16 | uint32_t(p[2]) << 8 | p[3];
}

} // namespace

NtpClient::NtpClient(const String& newServer, unsigned intervalSeconds, NtpTimeResultDelegate onTimeReceived)
	: server(newServer), delegateCompleted(onTimeReceived), autoQuerySeconds(NTP_DEFAULT_AUTOQUERY_SECONDS),
	  autoQueryEnabled(intervalSeconds != 0), autoUpdateSystemClock(!onTimeReceived)
{
	timer.setCallback(onTimer, this);
	if(server.isEmpty()) {
		server = F(NTP_DEFAULT_SERVER);
	}
	if(autoQueryEnabled) {
		setAutoQueryInterval(intervalSeconds);
		startTimer(1); // from the main loop, when the object is whole and init() is done
	}
}

void NtpClient::startTimer(uint32_t milliseconds)
{
	timer.setIntervalMs(milliseconds);
	timer.startOnce();
}

void NtpClient::onTimer(void* arg)
{
	auto self = static_cast<NtpClient*>(arg);
	if(self->waitingForReply) {
		debug_w("NTP: no answer from %s", self->server.c_str());
		self->retryMs *= 2;
		if(self->retryMs > NTP_MAX_RESPONSE_TIMEOUT_MS) {
			self->retryMs = NTP_MAX_RESPONSE_TIMEOUT_MS;
		}
	}
	self->requestTime();
}

void NtpClient::setAutoQuery(bool autoQuery)
{
	autoQueryEnabled = autoQuery;
	if(autoQuery) {
		requestTime();
	} else if(!waitingForReply) {
		timer.stop();
	}
}

void NtpClient::setAutoQueryInterval(unsigned seconds)
{
	autoQuerySeconds = (seconds < NTP_MIN_AUTOQUERY_SECONDS) ? NTP_MIN_AUTOQUERY_SECONDS : seconds;
}

void NtpClient::requestTime()
{
	waitingForReply = true;
	startTimer(retryMs);
	using Lookup = Network::NameLookup;
	auto result = lookup.start(server, NTP_PORT, Lookup::Callback(&NtpClient::onResolved, this));
	if(result == Lookup::Result::ready) {
		onResolved(lookup.getAddress(), lookup.getPort());
	}
}

void NtpClient::onResolved(IpAddress address, uint16_t port)
{
	// A random number instead of our time: nothing is given away, and nobody can guess it (RFC 4330 §5)
	if(address.isNull() || !hal_random(nonce, sizeof(nonce))) {
		return;
	}
	uint8_t packet[NTP_PACKET_SIZE] = {NTP_VERSION << 3 | NTP_MODE_CLIENT};
	memcpy(packet + transmitOffset, nonce, sizeof(nonce));
	close();
	sentUs = hal_time_us();
	if(!connect(address, port) || !send(reinterpret_cast<const char*>(packet), sizeof(packet))) {
		debug_w("NTP: cannot send to %s", server.c_str());
	}
}

void NtpClient::onReceive(char* data, size_t length, IpAddress, uint16_t)
{
	auto packet = reinterpret_cast<const uint8_t*>(data);
	if(!waitingForReply || length < NTP_PACKET_SIZE || (packet[0] & 7) != NTP_MODE_SERVER ||
	   memcmp(packet + originOffset, nonce, sizeof(nonce)) != 0) {
		return;
	}
	auto stratum = packet[stratumOffset];
	auto seconds = readBigEndian(packet + transmitOffset);
	auto fraction = readBigEndian(packet + transmitOffset + 4);
	if(stratum == 0 || stratum > 15 || (packet[0] >> 6) == 3 || (seconds == 0 && fraction == 0)) {
		// Not synchronised, or a "kiss of death" that asks us to keep away: the timer does
		debug_w("NTP: %s has no time to give", server.c_str());
		return;
	}
	waitingForReply = false;
	retryMs = NTP_RESPONSE_TIMEOUT_MS;
	timer.stop();

	// The answer is half a round trip old
	auto halfTrip = (hal_time_us() - sentUs) / 2;
	auto microseconds = uint64_t(fraction) * 1000000 >> 32;
	auto time = int64_t(seconds) - unixOffset;
	if(time < earliestTime) {
		time += eraLength;
	}
	time += int64_t((microseconds + halfTrip + 500000) / 1000000);

	if(autoUpdateSystemClock) {
		SystemClock.setTime(time_t(time), eTZ_UTC);
	}
	close(); // nothing more is expected; also tells the receiving loop to leave
	scheduleNext();
	auto function = delegateCompleted;
	function(*this, time_t(time));
}

void NtpClient::scheduleNext()
{
	if(autoQueryEnabled) {
		startTimer(autoQuerySeconds * 1000);
	}
}
