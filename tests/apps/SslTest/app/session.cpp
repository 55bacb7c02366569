#include "tests.h"
#include <Network/Ssl/Factory.h>
#include <Network/Ssl/Session.h>
#include <Network/Ssl/Statistics.h>

using namespace Ssl;

namespace
{
Error startError(Session& session, Role role)
{
	CHECK(!session.start(role));
	CHECK(session.getState() == State::failed);
	CHECK_EQ(session.getErrorString(), getErrorString(session.getError()));
	const uint8_t* data;
	CHECK_EQ(session.peekOutput(data), 0u);
	CHECK(session.getAlert() == Alert::none);
	return session.getError();
}

const Fingerprint::Pki::Sha256 pin PROGMEM = {1};

struct Text : public Print {
	String text;
	size_t write(uint8_t c) override
	{
		return text.concat(char(c)) ? 1 : 0;
	}
};

} // namespace

void testSession()
{
	const bool enabled = factory->isEnabled();
	auto expected = [enabled](Error error) { return enabled ? error : Error::notEnabled; };

	Check::group("sessions that cannot start");
	const uint32_t failed = statistics.failed;
	{
		Session session;
		session.hostName = "device.local";
		CHECK(startError(session, Role::client) == expected(Error::nothingToVerify));
		CHECK(statistics.failed == failed + 1 && statistics.lastError == session.getError());
		CHECK(!session.start(Role::client));
		Text text;
		session.printTo(text);
		CHECK(text.text.indexOf("Not connected") > 0);
	}
	{
		Session session;
		CHECK(startError(session, Role::server) == expected(Error::noCertificate));
	}
	{
		Session session;
		const uint8_t nonsense[] = {0x30, 0};
		CHECK(!session.keyCert.assign(nonsense, 2, nonsense, 2));
		CHECK(session.keyCert.getError() == Error::badKey);
		CHECK(startError(session, Role::server) == expected(Error::badKey));
	}
	{
		Session session;
		TrustAnchors none;
		session.trustAnchors = &none;
		CHECK(startError(session, Role::client) == expected(Error::nothingToVerify));
		const uint8_t nonsense[] = {0x30, 0};
		CHECK(!none.add(nonsense, sizeof(nonsense)) && none.isEmpty());
		CHECK(none.getError() == Error::certificateMalformed);
		CHECK(!none.add(String("no certificate")));
	}
	{
		Session session;
		Memory::failAllocation(1);
		session.validators.pin(pin);
		CHECK(startError(session, Role::client) == expected(Error::noMemory));
	}

	Check::group("ended before anything came");
	{
		Session session;
		session.close();
		CHECK(session.getState() == State::closed && session.getError() == Error::none);
	}
	if(enabled) {
		{
			Session session;
			session.validators.pin(pin);
			CHECK(session.start(Role::client) && session.getState() == State::handshake && !session.isConnected());
			const uint8_t* data;
			const size_t length = session.peekOutput(data);
			CHECK(length > 50 && data[0] == 22);
			CHECK_EQ(session.write(data, 1), -1);
			session.consumeOutput(length);
			session.onTransportClosed();
			CHECK(session.getError() == Error::truncated && session.peekOutput(data) == 0);
		}
		Environment environment{[](const Environment&, int64_t&) { return false; },
								[](const Environment&, void*, size_t) { return false; }, nullptr};
		Session session;
		session.environment = &environment;
		session.validators.pin(pin);
		CHECK(startError(session, Role::client) == Error::noEntropy);
	}

	Check::group("start with every allocation failing in turn");
	if(enabled) {
		const uint32_t count = Check::withFailingMemory([] {
			Session session;
			session.options.verifyLater = true;
			if(!session.start(Role::client)) {
				CHECK(session.getError() == Error::noMemory);
			}
		});
		CHECK(count >= 5);
	}
}
