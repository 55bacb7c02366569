/* Both ends in memory: callbacks that end sessions at the worst moments, resumption, keys from flash. */
#include "tests.h"
#include <Network/Ssl/Factory.h>
#include <Network/Ssl/Session.h>
#include <identity.h>

using namespace Ssl;

namespace
{
/** Carry bytes from one end to the other. @return false when there were none */
bool carry(Session& from, Session& to)
{
	const uint8_t* data;
	const size_t length = from.peekOutput(data);
	if(length != 0) {
		size_t taken = to.feed(data, length);
		from.consumeOutput(taken);
		return taken != 0;
	}
	return false;
}

void converse(Session& a, Session& b)
{
	for(bool moved = true; moved;) {
		moved = carry(a, b);
		moved = carry(b, a) || moved;
	}
}

size_t countAlerts(Session& session)
{
	size_t count = 0;
	const uint8_t* data;
	for(size_t length = session.peekOutput(data); length != 0; length = session.peekOutput(data)) {
		for(size_t i = 0; i + 5 <= length; i += 5 + (data[i + 3] << 8 | data[i + 4])) {
			count += data[i] == 21;
		}
		session.consumeOutput(length);
	}
	return count;
}

struct Server : public Session {
	explicit Server(const Identity& identity)
	{
		keyCert.assign(identity.key, identity.certificate);
	}
};

/** A callback that ends the session in which it is asked. */
struct Closer {
	Session* session;
	unsigned asked = 0;
	bool answer;

	void install(bool later)
	{
		session->options.verifyLater = later;
		session->validators.add([this](const Certificate* certificate, void*) {
			if(certificate != nullptr) {
				++asked;
				session->close();
			}
			return answer;
		});
	}
};

void testCallbacks(const Identity& identity)
{
	Check::group("a callback closes its session");
	for(bool answer : {false, true}) {
		for(bool later : {false, true}) {
			{
				Server server(identity);
				Session client;
				Closer closer{&client, 0, answer};
				closer.install(later);
				CHECK(server.start(Role::server) && client.start(Role::client));
				converse(client, server);
				CHECK_EQ(closer.asked, 1u);
				CHECK(client.getState() == State::failed && client.getError() == Error::canceled);
				CHECK(server.getState() == State::failed && server.isAlertReceived());
				CHECK(server.getAlert() == Alert::USER_CANCELLED);
			}
			{
				Server server(identity);
				Session client;
				client.options.verifyLater = true;
				client.keyCert.assign(identity.key, identity.certificate);
				server.options.clientAuthentication = true;
				Closer closer{&server, 0, answer};
				closer.install(later);
				CHECK(server.start(Role::server) && client.start(Role::client));
				converse(client, server);
				CHECK_EQ(closer.asked, 1u);
				CHECK(server.getError() == Error::canceled && client.isAlertReceived());
			}
		}
	}
}

void testKeys(const Identity& identity)
{
	Check::group("keys: shared, and let go of");
	const auto held = [] { return Memory::statistics(Memory::Tag::certificate).current; };
	const size_t before = held();
	{
		KeyCertPair first;
		CHECK(first.assign(identity.key, identity.certificate));
		const size_t one = held() - before;
		KeyCertPair second;
		CHECK(second.assign(String(identity.key), String(identity.certificate)));
		CHECK(second.getMaterial() == first.getMaterial() && held() - before == one);
		const auto material = first.getMaterial();
		CHECK(first.assign(identity.key, identity.certificate) && first.getMaterial() == material);
		const Identity other(2);
		CHECK(!second.assign(identity.key, other.certificate) && second.getError() == Error::keyMismatch);
		CHECK(!second.isValid() && held() - before == one);
		CHECK(second.assign(other.key, other.certificate) && second.getMaterial() != material);
		const KeyCertPair copy(first);
		first.free();
		CHECK(copy.isValid() && copy.getCertificateLength() == identity.certificate.length());
	}
	CHECK_EQ(held(), before);

	for(bool frees : {false, true}) {
		ServerShare share;
		Server server(identity);
		server.serverShare = &share;
		server.options.freeKeyCertAfterHandshake = frees;
		Session client;
		client.validators.pin(identity.pin);
		CHECK(server.start(Role::server) && client.start(Role::client));
		converse(client, server);
		CHECK(server.isConnected() && client.isConnected());
		CHECK(server.keyCert.isValid() != frees && share.keyCert.isValid() != frees);
		const uint8_t text[] = {'o', 'k'};
		CHECK_EQ(server.write(text, 2), 2);
		server.flush();
		converse(client, server);
		const uint8_t* data;
		CHECK(client.peekInput(data) == 2 && data[0] == 'o');
	}
	CHECK_EQ(held(), before);
}

void testProtocols(const Identity& identity)
{
	Check::group("application protocols");
	Server server(identity);
	server.alpnProtocols = "mqtt,http/1.1";
	Session client;
	client.alpnProtocols = "http/1.1";
	client.validators.pin(identity.pin);
	CHECK_EQ(client.getAlpnProtocol(), "");
	CHECK(server.start(Role::server) && client.start(Role::client));
	converse(client, server);
	CHECK_EQ(client.getAlpnProtocol(), "http/1.1");
	CHECK_EQ(server.getAlpnProtocol(), "http/1.1");
}

/** A handshake message in a record. */
String record(uint8_t type, const String& body)
{
	auto number = [](size_t value, unsigned count) {
		String text;
		while(count-- != 0) {
			text += char(value >> (8 * count));
		}
		return text;
	};
	String message;
	message += char(type);
	message += number(body.length(), 3);
	message += body;
	String text("\x16\x03\x03");
	text += number(message.length(), 2);
	return text + message;
}

/*
 * A client that sends its certificate before the server has said that it wants one. While the server's flight is
 * still in its buffer the engine leaves the message unread, and takes it up when output is taken out: callbacks
 * then come from consumeOutput() with BearSSL, from the next feed() with Axtls.
 */
void testEarlyCertificate(const Identity& identity)
{
	Check::group("a certificate that comes too early");
	const Identity large(7, 700);
	for(bool answer : {false, true}) {
		Server server(large);
		server.maxBufferSize = MaxBufferSize::B512; // so that the flight does not fit at once
		server.options.clientAuthentication = true;
		Closer closer{&server, 0, answer};
		closer.install(false);
		CHECK(server.start(Role::server));
		Session client;
		client.options.verifyLater = true;
		CHECK(client.start(Role::client));
		carry(client, server);

		String chain;
		chain += '\0';
		chain += char((identity.certificate.length() + 3) >> 8);
		chain += char(identity.certificate.length() + 3);
		chain += '\0';
		chain += char(identity.certificate.length() >> 8);
		chain += char(identity.certificate.length());
		chain += identity.certificate;
		const String early = record(11, chain);
		auto data = reinterpret_cast<const uint8_t*>(early.c_str());
		const size_t taken = server.feed(data, early.length());
		CHECK_EQ(closer.asked, 0u);
		const size_t alerts = countAlerts(server);
		server.feed(data + taken, early.length() - taken);
		CHECK_EQ(closer.asked, 1u);
		CHECK(server.getState() == State::failed);
		CHECK_EQ(alerts + countAlerts(server), 1u);
	}
}

void testResuming(const Identity& identity)
{
	Check::group("resumption, with a callback");
	ServerShare share;
	Resumption* kept = nullptr;
	unsigned asked = 0;
	bool answer = true;
	for(unsigned i = 0; i < 5; ++i) {
		Server server(identity);
		server.options.sessionResume = true;
		server.serverShare = &share;
		Session client;
		client.hostName = "device.local";
		client.options.sessionResume = true;
		client.validators.add([&](const Certificate* certificate, void*) {
			asked += certificate != nullptr;
			return answer;
		});
		client.setResumption(kept);
		answer = i != 3; // then what is remembered no longer pleases, and neither does what comes
		CHECK(server.start(Role::server) && client.start(Role::client));
		converse(client, server);
		if(i == 3) {
			CHECK(client.getError() == Error::pinMismatch);
		} else {
			CHECK(client.isConnected() && client.isVerified());
			CHECK(client.isResumed() == (i == 1 || i == 2) && server.isResumed() == client.isResumed());
			CHECK(client.getConnection()->getCertificate() != nullptr);
		}
		kept = client.takeResumption();
		CHECK((kept != nullptr) == (i != 3));
	}
	delete kept;
	CHECK_EQ(asked, 1u + 1 + 1 + 2 + 1);
	CHECK(Memory::statistics(Memory::Tag::sessionCache).count == share.sessions.count());
	share.sessions.clear();
	CHECK_EQ(Memory::statistics(Memory::Tag::sessionCache).current, 0u);
}

void testFeedInPlace(const Identity& identity)
{
	Check::group("records where they lie");
	const String text("what the client says");
	uint8_t record[200];
	enum class Then { keep, use, close };
	for(Then then : {Then::keep, Then::use, Then::close}) {
		Server server(identity);
		Session client;
		client.hostName = "device.local";
		client.validators.pin(identity.pin);
		CHECK(server.start(Role::server) && client.start(Role::client));
		converse(client, server);
		CHECK_EQ(client.write(reinterpret_cast<const uint8_t*>(text.c_str()), text.length()), int(text.length()));
		client.flush();
		const uint8_t* data;
		const size_t size = client.peekOutput(data);
		CHECK(size != 0 && size <= sizeof(record));
		memcpy(record, data, size);
		client.consumeOutput(size);
		CHECK_EQ(server.feedInPlace(record, size), size);
		if(then == Then::keep) {
			CHECK(server.keepInput());
			memset(record, 0xff, sizeof(record));
		}
		const size_t length = server.peekInput(data);
		CHECK_EQ(length, text.length());
		if(then == Then::close) {
			server.close();
		}
		// Also after close(): a callback that closes may go on reading what it was given
		CHECK(memcmp(data, text.c_str(), text.length()) == 0);
		server.consumeInput(length);
		CHECK(server.keepInput() && server.peekInput(data) == 0);
		CHECK(then == Then::close || server.isConnected());
		converse(client, server);
		CHECK(client.getError() == Error::none && server.getError() == Error::none);
	}
}

void testCache()
{
	Check::group("session cache");
	SessionCache cache;
	SessionParameters parameters;
	cache.add(parameters, 3); // without an id
	CHECK_EQ(cache.count(), 0u);
	for(uint8_t i = 1; i <= 5; ++i) {
		parameters.id.assign(&i, 1);
		parameters.cipherSuite = i;
		cache.add(parameters, 3);
	}
	cache.add(parameters, 0);
	CHECK_EQ(cache.count(), 3u);
	auto find = [&](uint8_t number) {
		SessionParameters wanted;
		wanted.id.assign(&number, 1);
		return cache.find(wanted) && wanted.cipherSuite == number;
	};
	CHECK(!find(1) && !find(2) && find(3) && find(4) && find(5));
	SessionParameters nothing;
	CHECK(!cache.find(nothing));
	cache.remove(parameters.id);
	CHECK(!find(5) && cache.count() == 2);
	cache.add(parameters, 1); // a smaller limit counts at once
	CHECK(cache.count() == 1 && find(5));
	Memory::failAllocation(1);
	parameters.id.assign(reinterpret_cast<const uint8_t*>("x"), 1);
	cache.add(parameters, 3);
	CHECK_EQ(cache.count(), 1u);
}

} // namespace

void testConnections()
{
	testCache();
	if(!factory->isEnabled()) {
		return;
	}
	const Identity identity(1);
	{
		Check::group("a connection");
		Server server(identity);
		CHECK(server.keyCert.isValid());
		Session client;
		client.hostName = "device.local";
		client.validators.pin(identity.pin);
		CHECK(server.start(Role::server) && client.start(Role::client));
		converse(client, server);
		CHECK(client.isConnected() && client.isVerified() && server.isConnected() && !server.isVerified());
		CHECK(client.takeResumption() == nullptr); // not asked for
		struct Text : public Print {
			String text;
			size_t write(uint8_t c) override
			{
				return text.concat(char(c)) ? 1 : 0;
			}
		} text;
		client.printTo(text);
		CHECK(text.text.indexOf("Verified:     yes") > 0 && text.text.indexOf("CN=device.local") > 0);
	}
	testKeys(identity);
	testProtocols(identity);
	testCallbacks(identity);
	testEarlyCertificate(identity);
	testResuming(identity);
	testFeedInPlace(identity);
}
