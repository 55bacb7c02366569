#include "Pump.h"
#include "../common/Expect.h"
#include "../common/harness.h"
#include "Identity.h"
#include <cstdio>
#include <m_printf.h>
#include <new>

namespace Fuzz
{
using Ssl::Role;
using Ssl::State;

namespace
{
constexpr uint8_t changeCipherSpec = 20, alert = 21, applicationData = 23;
/** RFC 5246 §6.2.3: the most that a record may hold when it is encrypted. */
constexpr uint32_t maxRecord = 16384 + 2048;

using recordHeader = uint8_t[5];

constexpr char seed[] = "sming-host fuzzing";

} // namespace

void RecordWatch::startRecord()
{
	length = uint32_t(header[3]) << 8 | header[4];
	expect(header[0] >= changeCipherSpec && header[0] <= applicationData, "a record of unknown type was sent");
	expect(header[1] == 3, "a record of unknown version was sent");
	expect(length != 0 && length <= maxRecord, "a record of illegal length was sent");
	expect(!ended, "a record was sent after the connection's last alert");
}

void RecordWatch::take(const uint8_t* data, size_t count)
{
	for(size_t i = 0; i < count; ++i) {
		if(have < sizeof(header)) {
			header[have++] = data[i];
			if(have == sizeof(header)) {
				startRecord();
			}
			continue;
		}
		size_t place = have++ - sizeof(header);
		if(place < sizeof(body)) {
			body[place] = data[i];
		}
		if(have == sizeof(header) + length) {
			if(header[0] == alert && !encrypted) {
				expect(length == 2, "an alert of illegal length was sent");
				ended = body[0] == 2 || body[1] == 0;
			}
			encrypted = encrypted || header[0] == changeCipherSpec;
			have = 0;
		}
	}
}

Connections::Connections(Role role, const TlsInput& input) : role(role), input(input)
{
	if(input.authority.length != 0) {
		anchors.add(input.authority.data, input.authority.length);
	}
}

Pump::Pump(Role role, const TlsInput& input, Sink sink)
	: input(input), sink(sink), role(role), environment{getTime, getRandom, this}
{
	m_setPuts(nullptr);
	br_hmac_drbg_init(&random, &br_sha256_vtable, seed, sizeof(seed));
	session.environment = &environment;
	session.hostName = "device.local";
	session.maxBufferSize = Ssl::MaxBufferSize(input.maxBufferSize % (unsigned(Ssl::MaxBufferSize::K16) + 1));
	session.options.clientAuthentication = input.has(TlsInput::clientAuthentication);
	session.options.verifyLater = input.has(TlsInput::verifyLater);
	session.options.sessionResume = input.has(TlsInput::sessionResume);
	session.options.legacyVersions = input.has(TlsInput::legacyVersions);
	if(input.has(TlsInput::alpn)) {
		session.alpnProtocols = "h2,http/1.1";
	}
	session.options.freeKeyCertAfterHandshake = input.has(TlsInput::freeKeyCert);
	session.cipherSuites = input.has(TlsInput::fullSuites) ? &Ssl::CipherSuites::full : &Ssl::CipherSuites::basic;
	if(role == Role::server || session.options.clientAuthentication) {
		session.keyCert.assign(input.has(TlsInput::rsaKey) ? rsaIdentity() : ecIdentity());
	}
}

bool Pump::getTime(const Ssl::Environment& self, int64_t& seconds)
{
	seconds = static_cast<Pump*>(self.param)->input.time;
	return seconds != 0;
}

bool Pump::getRandom(const Ssl::Environment& self, void* buffer, size_t length)
{
	br_hmac_drbg_generate(&static_cast<Pump*>(self.param)->random, buffer, length);
	return true;
}

bool Pump::start()
{
	bool started = session.start(role);
	drain();
	follow();
	return started;
}

/* A real peer answers what it has read: what it says next does not arrive before our answer has gone out. So records
 * are given one by one. */
void Pump::feed(Bytes bytes)
{
	while(bytes.length != 0) {
		size_t part = bytes.length;
		if(input.fragment != TlsInput::atOnce && part >= sizeof(recordHeader)) {
			part = std::min(part, sizeof(recordHeader) + (size_t(bytes.data[3]) << 8 | bytes.data[4]));
		}
		feedRecord({bytes.data, part});
		bytes.data += part;
		bytes.length -= part;
	}
}

void Pump::feedRecord(Bytes bytes)
{
	const bool whole = input.fragment == 0 || input.fragment == TlsInput::atOnce;
	while(bytes.length != 0) {
		size_t part = whole ? bytes.length : std::min<size_t>(bytes.length, input.fragment);
		size_t taken = session.feed(bytes.data, part);
		expect(taken <= part, "the session took more than there was");
		bool moved = drain();
		follow();
		expect(taken != 0 || moved, "the session takes nothing and waits for nothing");
		bytes.data += taken;
		bytes.length -= taken;
	}
}

void Pump::end()
{
	if(input.has(TlsInput::closeAtEnd)) {
		session.close();
		drain();
		follow();
	}
	session.onTransportClosed();
	drain();
	follow();
	expect(session.getState() == State::closed || session.getState() == State::failed,
		   "the transport has ended, the session has not");
	expect(watch.isBetweenRecords(), "the last record was not sent whole");
}

/** Carry everything out of the session. @return true if there was anything */
bool Pump::drain()
{
	bool moved = false;
	for(bool again = true; again;) {
		again = false;
		const uint8_t* data;
		while(size_t length = session.peekOutput(data)) {
			watch.take(data, length);
			if(sink != nullptr) {
				sink(data, length);
			}
			session.consumeOutput(length);
			again = true;
		}
		if(size_t length = session.peekInput(data)) {
			// Echoed in parts, and dropped when the session takes no more
			uint8_t part[256];
			length = std::min(length, sizeof(part));
			std::copy_n(data, length, part);
			session.consumeInput(length);
			session.write(part, length);
			session.flush();
			again = true;
		}
		moved = moved || again;
	}
	return moved;
}

void Pump::follow()
{
	auto state = session.getState();
	expect(state >= lastState, "the session's state went back");
	if(state == State::established || (state > State::established && session.getConnection() != nullptr &&
									   session.getConnection()->isHandshakeDone() && lastState == State::established)) {
		expect(session.isVerified() || !session.asksForCertificate() || session.options.verifyLater,
			   "the peer got through unverified");
		wasEstablished = true;
	}
	expect((state == State::failed) == (session.getError() != Ssl::Error::none), "error and state do not agree");
	lastState = state;
}

Pump* Connections::next(Sink sink)
{
	// Of the former one the session stays, if there is anything to resume
	Ssl::Resumption* kept = nullptr;
	if(pump && role == Role::client && input.has(TlsInput::sessionResume)) {
		kept = pump->session.takeResumption();
	}
	pump.reset(new(std::nothrow) Pump(role, input, sink));
	if(!pump) {
		delete kept;
		return nullptr;
	}
	pump->session.trustAnchors = &anchors;
	if(role == Role::server) {
		pump->session.serverShare = &share;
	}
	pump->session.setResumption(kept);
	return pump.get();
}

namespace
{
void runOne(Connections& connections, Bytes stream)
{
	auto pump = connections.next(nullptr);
	if(pump == nullptr) {
		return;
	}
	if(pump->start()) {
		pump->feed(stream);
		pump->end();
	}
	if(verbose) {
		auto& session = pump->session;
		printf("\t%s, state %d, error %d: %s\n", pump->wasEstablished ? "established" : "not established",
			   int(session.getState()), int(session.getError()), session.getErrorString().c_str());
		fflush(stdout);
	}
}

} // namespace

void runConnections(Role role, const TlsInput& input)
{
	// Made before anything is counted
	ecIdentity();
	if(input.has(TlsInput::rsaKey)) {
		rsaIdentity();
	}
	NoLeak noLeak;
	Connections connections(role, input);
	Memory::failAllocation(input.failAllocation, input.has(TlsInput::heapExhausted));
	if(input.has(TlsInput::twice)) {
		runOne(connections, input.first);
	}
	runOne(connections, input.stream);
}

} // namespace Fuzz
